// What a page is made of, each kind of part once: [which part it lies in, how it is built]. Told is all that axe goes by,
// without the words, names, numbers and addresses in it; of rows that are built alike there is one.
() => {
  const refers = /^(for|list|headers|aria-(labelledby|describedby|controls|owns|details|errormessage|activedescendant))$/
  const told = /^(role|type|style|lang|dir|scope|hidden|open|disabled|required|multiple|autocomplete|aria-(?!label$).*)$/
  // What may lie in these, or must, there are rules for; in others it matters only whether words do.
  const ruled = 'ul, ol, dl, table, tr, select, a, button, label, legend, summary, h1, h2, h3, h4, h5, h6, [role]'
  const targets = 'a, button, input, select, textarea, summary, [tabindex]'
  const headings = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
  const landmarks = [...document.querySelectorAll('nav, section, form, aside, header, footer, [role]')]
  const plain = (text) => text.replace(/\d+/g, '#').replace(/\s+/g, ' ').trim()
  const times = {}
  for (const { id } of document.querySelectorAll('[id]')) times[id] = (times[id] || 0) + 1

  const attribute = ({ name, value, ownerElement }) => {
    if (name === 'id') return times[value] > 1 ? 'id twice' : 'id'
    if (name === 'value' && !/submit|button|reset|image/.test(ownerElement.type)) return ''
    if (name === 'class' || name === 'tabindex' || ownerElement.localName === 'meta') return `${name}=${value}`
    // A link within the page leads somewhere or nowhere.
    if (name === 'href' && value.startsWith('#')) return `to ${times[value.slice(1)] || 0}`
    if (refers.test(name)) return `${name} ${value.split(/\s+/).map((id) => times[id] || 0)}`
    return told.test(name) ? `${name}=${plain(value)}` : `${name} ${value !== ''}`
  }
  const scrolls = (node) =>
    (node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight) &&
    /auto|scroll/.test(getComputedStyle(node).overflow)
  const inside = (node) => {
    const named = [...node.childNodes].map((child) => (child.nodeType === 3 ? child.data.trim() && 'words' : child.localName))
    const kinds = named.filter(Boolean)
    // In a list of terms it matters which comes first.
    return node.localName === 'dl' ? kinds.filter((kind, at) => kind !== kinds[at - 1]) : [...new Set(kinds)].sort()
  }
  const tag = (node) => {
    const how = [node.localName, ...[...node.attributes].map(attribute)]
    if (node.checked) how.push('checked')
    if (node === document.activeElement) how.push('focus')
    if (node.labels) how.push(`labels ${node.labels.length}`)
    if (scrolls(node)) how.push('scrolls')
    return how.join(' ')
  }

  const parts = []
  const seen = new Map()
  const note = (within, how) => {
    const both = `${within} ${how}`
    if (!seen.has(both)) seen.set(both, parts.push([within, how]) - 1)
    return seen.get(both)
  }
  const walk = (node, within) => {
    if (node.matches('script, input[type=hidden]')) return
    const here = note(within, tag(node))
    note(here, node.matches(ruled) ? `holds ${inside(node)}` : `words ${inside(node).includes('words')}`)
    if (node.matches(targets)) note(here, `beside ${node.previousElementSibling && node.previousElementSibling.localName}`)
    // Among words a link has to look like one.
    if (node.localName === 'a') note(here, `among words ${inside(node.parentElement).includes('words')}`)
    // A name that is given in an attribute is compared with the words in sight.
    if (node.matches('a, button, input') && node.hasAttribute('aria-label')) {
      note(here, `${plain(node.getAttribute('aria-label'))} for ${plain(node.textContent)}`)
    }
    // Not by node.children, which in a form can be a field of that name.
    for (let child = node.firstElementChild; child; child = child.nextElementSibling) walk(child, here)
  }
  walk(document.documentElement, -1)
  for (const once of ['title', 'h1', 'main']) note(-1, `${document.querySelectorAll(once).length} ${once}`)
  headings.forEach((node, at) => note(-1, `${at && headings[at - 1].localName} before ${node.localName}`))
  const names = landmarks.map((node) => [node.localName, ...['role', 'aria-label'].map((name) => node.getAttribute(name))].join())
  names.forEach((name, at) => names.indexOf(name) < at && note(-1, `twice ${name}`))
  return parts
}
