// Keeps what is typed on the server, at most two seconds after it was typed. Nothing is kept in the browser: office
// machines are shared.
//
// <form data-autosave="address" data-version="3"> is sent there as it stands, by POST, with `If-Match: "3"`.
// Answers: 200 {"version": 4}, with "words" to say instead of "Saved"; an error with "words" of its own; 409 or 412 somebody else saved first; 401 or a redirect: signed out; 422 not in a state
// to be kept, as a final "save" would say too.
//
// A field "page_turn" or "draft_turn" in the form is counted up with each sending.
//
// <form data-draft='{"said": 3}'> has its changed fields sent to /drafts/keep, each with the version that this page has
// seen. Answers: 200 {"saved": {"said": 4}}; 409 with {"newer": ...}: another window changed those fields.

const WAIT = 1000 // from the first unsaved key, not from the last: who never stops typing is saved too
const RETRY = 3000
const MOST_KEPT_ALIVE = 60000 // browsers drop larger bodies of requests that outlive their page
const LONGEST = 400000 // of one answer; the server keeps no more of it
const MOST_SENT = 3900000 // the server refuses a larger form whole, and the page with all that was typed would be gone
const TOO_LONG = 'This is too long to send. Nothing is lost: make it shorter, then try again.'
const SIGNED_OUT = 'You are signed out. Your words are still here. Sign in again in another tab, then choose Save.'

export function keepDrafts () {
  for (const form of document.querySelectorAll('form[data-autosave]')) watch(form, wholeForm(form))
  for (const form of document.querySelectorAll('form[data-draft]')) watch(form, changedFields(form))
}

// How often the page has sent: by it the server knows what arrives late from what is new, also when the form is sent.
function nextTurn (form, name) {
  const field = form.querySelector(`input[name="${name}"]`)
  if (!field) return 0
  field.value = Number(field.value) + 1
  return Number(field.value)
}

// What to send, and what an answer means: {request (), settle (answer, say)} for one kind of form.
// `settle` answers 'kept', 'later' (try again) or 'stop'.

function wholeForm (form) {
  return {
    touch () {},
    request () {
      nextTurn(form, 'page_turn')
      return {
        address: form.dataset.autosave,
        headers: { 'If-Match': `"${form.dataset.version}"`, Accept: 'application/json' },
        body: new URLSearchParams(new FormData(form)) // whole: a cut text would take the place of the whole one
      }
    },
    async settle (answer, say) {
      if (answer.ok) {
        const { version, words } = await answer.json()
        form.dataset.version = version
        const field = form.querySelector('input[name="version"]')
        if (field) field.value = version
        say(words || saved(), Boolean(words))
        return 'kept'
      }
      const words = await wordsOf(answer)
      if (words) {
        say(words, true)
        return 'stop'
      }
      if (answer.status === 409 || answer.status === 412) {
        say('Not saved: somebody else changed this while you were writing. Your words are still here. ' +
          'Choose Save to see both and decide.', true)
        return 'stop'
      }
      if (answer.status === 413) {
        say('Not saved: this is too long to keep. Make it shorter.', true)
        return 'kept'
      }
      if (answer.status === 401 || answer.type === 'opaqueredirect') {
        say(`Not saved: ${SIGNED_OUT[0].toLowerCase()}${SIGNED_OUT.slice(1)}`, true)
        return 'signed out'
      }
      if (answer.status === 422) {
        say('Not saved yet: something here needs correcting. Choose Save to see what.', true)
        return 'kept'
      }
      return 'later'
    }
  }
}

// What the server says to whoever types, where it has words of its own: families are not spoken to as workers are.
async function wordsOf (answer) {
  if (answer.type === 'opaqueredirect' || !answer.headers.get('Content-Type')?.includes('json')) return ''
  return (await answer.json()).words || ''
}

function changedFields (form) {
  const versions = JSON.parse(form.dataset.draft)
  const changed = new Set()
  const value = (name) => new FormData(form).getAll(name).filter((one) => typeof one === 'string')
    .map((one) => one.slice(0, LONGEST + 1))
  let sent = []
  return {
    touch (field) {
      if (!field.name || field.type === 'password' || field.type === 'file') return
      changed.add(field.name)
      if (Object.keys(versions).length === 0) {
        for (const hidden of form.querySelectorAll('input[type="hidden"]')) changed.add(hidden.name)
      }
      changed.delete('csrf_token')
      changed.delete('draft_token')
      changed.delete('draft_turn')
    },
    request () {
      sent = [...changed]
      changed.clear()
      const fields = Object.fromEntries(sent.map((name) => [name, { texts: value(name), version: versions[name] || 0 }]))
      const token = form.querySelector('input[name="draft_token"]').value
      return {
        address: '/drafts/keep',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ token, fields, turn: nextTurn(form, 'draft_turn') })
      }
    },
    failed () { for (const name of sent) changed.add(name) },
    async settle (answer, say) {
      if (answer.status === 413) {
        say('Not saved: this is too long to keep. Make it shorter.', true)
        return 'kept'
      }
      if (answer.status === 403) {
        say('Not saved: this page was open for too long, or somebody else has signed in. Copy what you typed, and open ' +
          'the page again.', true)
        return 'stop'
      }
      if (!answer.ok && answer.status !== 409) return 'later'
      const { saved: done, newer, cut, signed_in: signedIn } = await answer.json()
      Object.assign(versions, done)
      const overtaken = Object.keys(newer).filter((name) => fieldOf(form, name)?.type !== 'hidden')
      for (const name of overtaken) {
        offerBoth(form, name, newer[name], (mine) => {
          versions[name] = newer[name].version
          if (!mine) write(form, name, newer[name].texts)
          changed.add(name)
        })
      }
      if (overtaken.length) say(overtakenWords(form, overtaken), true)
      else if (cut.length) say(`Saved, but only the first ${LONGEST.toLocaleString('en-GB')} characters. Make it shorter.`, true)
      else if (!signedIn) say(`Your words are kept. ${SIGNED_OUT}`, true)
      else say(saved())
      return 'kept'
    }
  }
}

function watch (form, kind) {
  const status = form.querySelector('[data-autosave-status]')
  const state = { timer: 0, due: Infinity, waiting: false, sending: false, stopped: false, flight: null }

  const say = (words, wrong) => {
    status.textContent = words
    status.classList.toggle('app-saved--wrong', Boolean(wrong))
  }
  const later = (wait) => {
    if (Date.now() + wait >= state.due) return // there is a nearer time
    clearTimeout(state.timer)
    state.due = Date.now() + wait
    state.timer = setTimeout(() => save(false), wait)
  }

  async function save (leaving) {
    clearTimeout(state.timer)
    state.due = Infinity
    if (state.stopped || !state.waiting || state.sending) return
    const { address, headers, body } = kind.request()
    if (leaving && String(body).length > MOST_KEPT_ALIVE) return kind.failed?.()
    state.waiting = false
    state.sending = true
    state.flight = new AbortController()
    try {
      const answer = await fetch(address, {
        method: 'POST',
        body,
        headers,
        credentials: 'same-origin',
        redirect: 'manual',
        keepalive: leaving,
        signal: state.flight.signal
      })
      const end = await kind.settle(answer, say)
      state.stopped = state.stopped || end === 'stop' || end === 'signed out'
      if (end === 'signed out') state.waiting = true
      if (end === 'later') again('Not saved yet. We will keep trying.')
    } catch {
      if (!state.stopped) again('Not saved: no connection. We will keep trying.')
    }
    state.sending = false
    if (state.waiting && !state.stopped) later(WAIT)
  }

  function again (words) {
    kind.failed?.()
    state.waiting = true
    say(words, true)
    later(RETRY)
  }

  function stop () {
    state.stopped = true
    clearTimeout(state.timer)
    state.flight?.abort()
  }

  form.addEventListener('input', (event) => {
    if (event.target !== form) kind.touch(event.target)
    state.waiting = true
    later(WAIT)
  })
  form.addEventListener('submit', (event) => {
    if (String(new URLSearchParams(new FormData(form))).length > MOST_SENT) {
      event.preventDefault()
      say(TOO_LONG, true)
      status.scrollIntoView({ block: 'center' })
      return
    }
    stop()
  })
  const discarding = form.dataset.draft ? document.getElementById('discard-draft') : null
  discarding?.addEventListener('submit', () => { // what was typed until now is not to come back
    discarding.elements.draft_turn.value = form.elements.draft_turn.value
    stop()
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') save(true)
  })
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) state.stopped = false // back to a page that was sent
  })
  document.addEventListener('locality:signed-in', () => {
    state.stopped = false
    if (state.waiting) save(false)
  })
  document.addEventListener('locality:leaving', () => { // no question on the way out: whoever leaves may have to be quick
    save(true)
    state.stopped = true
  })
  window.addEventListener('beforeunload', (event) => {
    if (state.waiting && !state.stopped) {
      save(true)
      event.preventDefault()
    }
  })
}

function overtakenWords (form, names) {
  return names.map((name) => `“${labelOf(form, name)}” was changed in another window, so your words here are not saved yet.`)
    .join(' ') + ' Choose which to keep.'
}

// Another window has changed a field: both texts stay, and the person says under the field which is right.
function offerBoth (form, name, newer, choose) {
  const group = fieldOf(form, name)?.closest('.govuk-form-group') || form.querySelector('[data-autosave-status]')
  if (group.nextElementSibling?.matches('.app-draft__both')) group.nextElementSibling.remove()
  const box = Object.assign(document.createElement('div'), { className: 'app-draft__both govuk-inset-text' })
  const theirs = Object.assign(document.createElement('p'), { className: 'govuk-body' })
  theirs.textContent = newer.texts.length ? `In the other window: ${newer.texts.join(', ')}` : ''
  box.append(theirs)
  for (const [words, mine] of [['Keep the words here', true], ['Take those of the other window', false]]) {
    const button = Object.assign(document.createElement('button'), {
      type: 'button', className: 'govuk-button govuk-button--secondary', textContent: words
    })
    button.addEventListener('click', () => {
      box.remove()
      choose(mine)
      form.dispatchEvent(new Event('input'))
    })
    box.append(button, ' ')
  }
  group.after(box)
}

function fieldOf (form, name) {
  return form.querySelector(`[name="${CSS.escape(name)}"]`)
}

function write (form, name, texts) {
  for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
    if (field.type === 'radio' || field.type === 'checkbox') field.checked = texts.includes(field.value)
    else field.value = texts[0] || ''
  }
}

function labelOf (form, name) {
  const field = fieldOf(form, name)
  const legend = field?.closest('fieldset')?.querySelector('legend')
  return (legend || field?.labels?.[0])?.textContent.trim() || 'One answer'
}

function saved () {
  return `Saved ${new Date().toLocaleTimeString('en-GB')}`
}
