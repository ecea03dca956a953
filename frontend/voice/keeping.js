// Sends what a child makes to the server, soon after it is made, so that a pause or a flat battery loses nothing.

const WAIT = 800 // ms
const RETRY = 3000

// keeper(form, say): keep({strokes: [...]}) sends the latest state; whatever came before it need not go. `after` is
// given each answer that was understood.
export function keeper (form, say, after = () => {}) {
  const token = form.querySelector('input[name="csrf_token"]').value
  let latest = null
  let timer = 0
  let sending = false
  let stopped = false

  async function send () {
    clearTimeout(timer)
    if (sending || stopped || latest === null) return
    const body = JSON.stringify(latest())
    latest = null
    sending = true
    try {
      const answer = await fetch(form.dataset.question, {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token },
        credentials: 'same-origin',
        redirect: 'manual',
        keepalive: body.length < 60000
      })
      if (answer.ok) {
        after(await answer.json())
        say('Saved')
      } else {
        stopped = true
        const { error } = answer.type === 'basic' ? await answer.json().catch(() => ({})) : {}
        say(error || 'Not saved. Open the page again, please.')
      }
    } catch {
      latest = latest || (() => JSON.parse(body))
      say('Not saved yet. We keep trying.')
      timer = setTimeout(send, RETRY)
    }
    sending = false
    if (latest !== null && !stopped) timer = setTimeout(send, WAIT)
  }

  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') send() })
  // "Next" straight after the last line: the line first.
  form.addEventListener('submit', (event) => {
    if (latest === null || stopped) return
    event.preventDefault()
    send().finally(() => {
      latest = null
      form.requestSubmit(event.submitter)
    })
  })
  return {
    keep (state) {
      latest = state
      clearTimeout(timer)
      timer = setTimeout(send, WAIT)
    },
    send
  }
}

export function keepWords (field) {
  const form = field.closest('form')
  const status = field.parentElement.querySelector('[data-saved]')
  const { keep } = keeper(form, (words) => { status.textContent = words })
  field.addEventListener('input', () => keep(() => ({ words: field.value })))
}
