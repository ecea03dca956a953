// Keeps what is typed as a draft on the server, 1.5 seconds after the last key.
//
// <form data-autosave="address" data-version="3"> is sent there as it stands, by POST, with `If-Match: "3"`.
// Answers: 200 {"version": 4}; 409 or 412 somebody else saved first; 401 or a redirect: signed out; 422 not in a state
// to be kept, as a final "save" would say too. Nothing is kept in the browser: office machines are shared.

const QUIET = 1500
const RETRY = 10000
const MOST_KEPT_ALIVE = 60000 // browsers drop larger bodies of requests that outlive their page

export function keepDrafts () {
  for (const form of document.querySelectorAll('form[data-autosave]')) keepDraft(form)
}

function keepDraft (form) {
  const status = form.querySelector('[data-autosave-status]')
  const state = { timer: 0, waiting: false, sending: false, stopped: false }

  const say = (words, wrong) => {
    status.textContent = words
    status.classList.toggle('app-saved--wrong', Boolean(wrong))
  }
  const later = (wait) => {
    clearTimeout(state.timer)
    state.timer = setTimeout(() => save(false), wait)
  }

  async function save (leaving) {
    if (state.stopped || !state.waiting) return
    if (state.sending) return later(QUIET)
    const body = new URLSearchParams(new FormData(form))
    if (leaving && String(body).length > MOST_KEPT_ALIVE) return
    clearTimeout(state.timer)
    state.waiting = false
    state.sending = true
    try {
      settle(await fetch(form.dataset.autosave, {
        method: 'POST',
        body,
        headers: { 'If-Match': `"${form.dataset.version}"`, Accept: 'application/json' },
        credentials: 'same-origin',
        redirect: 'manual',
        keepalive: leaving
      }))
    } catch {
      again('Not saved: no connection. We will keep trying.')
    }
    state.sending = false
  }

  async function settle (answer) {
    if (answer.ok) {
      const { version } = await answer.json()
      form.dataset.version = version
      const field = form.querySelector('input[name="version"]')
      if (field) field.value = version
      say(`Saved ${new Date().toLocaleTimeString('en-GB')}`)
    } else if (answer.status === 409 || answer.status === 412) {
      state.stopped = true
      say('Not saved: somebody else changed this while you were writing. Your words are still here. ' +
        'Choose Save to see both and decide.', true)
    } else if (answer.status === 401 || answer.type === 'opaqueredirect') {
      state.stopped = true
      state.waiting = true
      say('Not saved: you are signed out. Your words are still here. Sign in again in another tab, then choose Save.', true)
    } else if (answer.status === 422) {
      say('Not saved yet: something here needs correcting. Choose Save to see what.', true)
    } else {
      again('Not saved yet. We will keep trying.')
    }
  }

  function again (words) {
    state.waiting = true
    say(words, true)
    later(RETRY)
  }

  form.addEventListener('input', () => {
    state.waiting = true
    later(QUIET)
  })
  form.addEventListener('submit', () => {
    state.stopped = true
    clearTimeout(state.timer)
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') save(true)
  })
  document.addEventListener('locality:signed-in', () => {
    state.stopped = false
    if (state.waiting) save(false)
  })
  window.addEventListener('beforeunload', (event) => {
    if (state.waiting && !state.stopped) {
      save(true)
      event.preventDefault()
    }
  })
}
