// How a page is built, as text: everything that axe goes by, without the words, numbers and addresses in it, and with
// one of several rows in a row that are built alike.
() => {
  const leads = /^(href|src|srcset|action|formaction|content|nonce|datetime|value|d|points|transform|viewbox)$|^(x|y)\d?$|^(c|r)[xy]$/
  const refers = /^(for|list|headers|aria-(labelledby|describedby|controls|owns|details|errormessage|activedescendant))$/
  const rows = /^(tr|li|option|g|path|line|rect|circle|text)$/
  const plain = (text) => text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+/g, '#').trim()
  const times = {}
  for (const node of document.querySelectorAll('[id]')) times[node.id] = (times[node.id] || 0) + 1
  const attribute = ({ name, value }) => {
    if (name === 'id') return times[value] > 1 ? ' id twice' : ' id'
    if (name === 'class') return ` .${value}`
    if (refers.test(name)) return ` ${name}=${value.split(/\s+/).map((id) => times[id] || 0)}`
    return leads.test(name) ? ` ${name}=${value !== ''}` : ` ${name}=${plain(value)}`
  }
  const state = (node) =>
    (node.checked ? ' checked' : '') + (node === document.activeElement ? ' focus' : '') +
    (node.clientWidth && (node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight) ? ' scrolls' : '')
  const inside = (node) => {
    const parts = []
    for (const child of node.childNodes) {
      const part = child.nodeType === 3 ? (child.data.trim() && 'words') : child.nodeType === 1 ? built(child) : ''
      const alike = part === 'words' || (child.localName && rows.test(child.localName) && !part.includes('aria-label'))
      if (part && !(alike && parts.at(-1) === part)) parts.push(part)
    }
    return parts.join('')
  }
  const built = (node) => {
    // A name that is given in an attribute is compared with the words in sight.
    const words = node.hasAttribute('aria-label') && node.matches('a, button, input') ? plain(node.textContent) : ''
    return `<${node.localName}${[...node.attributes].map(attribute).join('')}${state(node)}>${words}${inside(node)}</>`
  }
  return built(document.documentElement)
}
