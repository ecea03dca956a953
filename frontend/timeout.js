// The end of a session: nobody who types is signed out, two minutes' warning to the others, and nothing typed is lost.
//
// <body data-idle="1200" data-stay="/account" data-sign-in="/sign-in">. `stay` is any page of somebody signed in: asking
// for it keeps the session alive, and it carries a new form token when the person has signed in again in another tab.

const WARNING = 120
const ACTIVE = 300 // whoever typed or clicked within five minutes is at work

export function watchTheClock () {
  const { idle, stay, signIn } = document.body.dataset
  if (!idle) return
  const state = { lastAct: Date.now(), lastAsked: Date.now(), ended: false }
  const box = makeBox()
  document.body.append(box.element)

  for (const kind of ['keydown', 'pointerdown', 'input']) {
    document.addEventListener(kind, () => { state.lastAct = Date.now() }, { passive: true, capture: true })
  }
  box.button.addEventListener('click', () => ask())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && state.ended) ask()
  })
  setInterval(look, 5000)

  function look () {
    if (state.ended) return
    const sinceAsked = (Date.now() - state.lastAsked) / 1000
    const sinceAct = (Date.now() - state.lastAct) / 1000
    if (sinceAct < ACTIVE && sinceAsked > ACTIVE) ask()
    else if (sinceAsked > idle) end()
    else if (sinceAsked > idle - WARNING) warn(Math.ceil((idle - sinceAsked) / 60))
  }

  async function ask () {
    let page
    try {
      const answer = await fetch(stay, { credentials: 'same-origin' })
      page = answer.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : null
    } catch {
      return // no connection now; the next look tries again
    }
    const token = page && page.body.dataset.idle && page.querySelector('input[name="csrf_token"]')
    if (!token) return end()
    for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = token.value
    state.lastAsked = Date.now()
    box.hide()
    if (state.ended) {
      state.ended = false
      show(true)
      document.dispatchEvent(new Event('locality:signed-in'))
    }
  }

  function warn (minutes) {
    box.say('You will be signed out soon',
      `Nothing has happened here for a while. In ${minutes === 1 ? '1 minute' : `${minutes} minutes`} ` +
      'you will be signed out. What you typed stays on this page.', 'Stay signed in', null)
  }

  function end () {
    state.ended = true
    show(false)
    box.say('You have been signed out',
      'This page is hidden, and what you typed is kept in it. Sign in again in another tab, then come back here.',
      'I have signed in', signIn)
  }
}

// Hides what is on the screen from whoever passes by, without dropping it.
function show (visible) {
  for (const part of document.querySelectorAll('main, .app-identity')) part.hidden = !visible
}

function makeBox () {
  const element = document.createElement('section')
  element.className = 'app-timeout'
  element.hidden = true
  element.setAttribute('role', 'alertdialog')
  element.setAttribute('aria-labelledby', 'timeout-title')
  element.setAttribute('aria-describedby', 'timeout-words')
  const title = Object.assign(document.createElement('h2'), { id: 'timeout-title', className: 'govuk-heading-m' })
  const words = Object.assign(document.createElement('p'), { id: 'timeout-words', className: 'govuk-body' })
  const link = Object.assign(document.createElement('a'), { className: 'govuk-link', target: '_blank', rel: 'noopener' })
  link.textContent = 'Sign in (opens in a new tab)'
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'govuk-button' })
  const place = document.createElement('p')
  place.className = 'govuk-body'
  place.append(link)
  element.append(title, words, place, button)
  return {
    element,
    button,
    hide () { element.hidden = true },
    say (heading, text, label, href) {
      title.textContent = heading
      if (words.textContent !== text) words.textContent = text
      button.textContent = label
      place.hidden = !href
      if (href) link.href = href
      if (element.hidden) {
        element.hidden = false
        button.focus({ preventScroll: true })
      }
    }
  }
}
