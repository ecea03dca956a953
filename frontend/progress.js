// How far long work is: the part of the page that shows it is fetched again every few seconds, while somebody looks.
//
// <div data-progress="/here"> with a <progress> and its label. When the answer has no such part the work is over, and the
// main part of the page is put in place of this one. Said aloud, quietly: each quarter, and the end.

const SOON = 3000
const LATER = 10000
const OFTEN = 20
const MOST = 60 // as many looks as without a script: a page that was forgotten keeps no session alive

export function followProgress () {
  const place = document.querySelector('[data-progress]')
  if (!place) return
  const address = place.dataset.progress
  const status = document.createElement('p')
  status.className = 'govuk-visually-hidden'
  status.setAttribute('role', 'status')
  document.body.append(status)
  let looks = 0
  let told = quarter(place)
  wait()

  function wait () {
    looks += 1
    if (looks <= MOST) setTimeout(look, looks < OFTEN ? SOON : LATER)
  }

  async function look () {
    if (document.visibilityState !== 'visible') {
      document.addEventListener('visibilitychange', look, { once: true })
      return
    }
    try {
      const answer = await fetch(address, { credentials: 'same-origin', redirect: 'manual' })
      if (answer.ok && show(new DOMParser().parseFromString(await answer.text(), 'text/html'))) return
    } catch {
      // no connection now; the next look tries again
    }
    wait()
  }

  // Whether there is nothing more to look for.
  function show (page) {
    const now = page.querySelector('[data-progress]')
    if (!now) {
      const over = page.querySelector('main')
      if (!over) return true
      document.querySelector('main').replaceChildren(...over.childNodes)
      status.textContent = 'This is done. The page shows what was found.'
      return true
    }
    const bar = place.querySelector('progress')
    const next = now.querySelector('progress')
    bar.max = next.max
    bar.value = next.value
    place.querySelector('label').textContent = now.querySelector('label').textContent
    if (quarter(now) > told) {
      told = quarter(now)
      status.textContent = now.querySelector('label').textContent
    }
    return false
  }
}

function quarter (place) {
  const bar = place.querySelector('progress')
  return Math.floor(4 * bar.value / bar.max)
}
