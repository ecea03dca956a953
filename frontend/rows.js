// Keys for people who live in a dense table: j and k go down and up, Enter opens, / goes to the search box.
// They work while the table has the focus, so that they disturb nobody who speaks or types elsewhere.

export function walkRows () {
  for (const table of document.querySelectorAll('table[data-rows]')) walk(table)
}

function walk (table) {
  const region = table.closest('[tabindex]') || table
  const links = () => [...table.querySelectorAll('tbody tr')].map((row) => row.querySelector('a[href]')).filter(Boolean)
  const mark = (row) => {
    for (const other of table.querySelectorAll('.app-row--current')) other.classList.remove('app-row--current')
    if (row) row.classList.add('app-row--current')
  }

  region.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input, select, textarea')) return
    if (event.key === '/') {
      const search = document.getElementById('search-everything')
      if (search) {
        event.preventDefault()
        search.focus()
      }
    } else if (event.key === 'j' || event.key === 'k') {
      const all = links()
      const row = document.activeElement.closest('tr')
      const at = all.findIndex((link) => link.closest('tr') === row)
      const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + (event.key === 'j' ? 1 : -1)))]
      if (next) {
        event.preventDefault()
        next.focus()
      }
    }
  })
  region.addEventListener('focusin', (event) => mark(event.target.closest('tbody tr')))
  region.addEventListener('focusout', () => mark(null))
}
