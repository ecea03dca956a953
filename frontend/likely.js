// People on record who may be the one that is being typed, offered while somebody types: the question that the server
// would ask after sending. <div data-likely-place data-likely="address"> in a form: the form is sent there as it stands and
// answered with the question as a piece of page, which is put in the place. No name goes into an address.

const WAIT = 500
const ASKED_BY = /^(given_name|family_name|born_on-|due_on-|postcode|address|phone)/

export function offerLikely () {
  for (const place of document.querySelectorAll('[data-likely-place]')) {
    const form = place.closest('form')
    if (form) watch(form, place)
  }
}

function watch (form, place) {
  const status = place.querySelector('[role="status"]')
  const question = place.querySelector('[data-likely-question]')
  let timer = 0
  let flight = null

  form.addEventListener('input', (event) => {
    if (!ASKED_BY.test(event.target.name)) return
    clearTimeout(timer)
    timer = setTimeout(ask, WAIT)
  })

  async function ask () {
    flight?.abort()
    flight = new AbortController()
    try {
      const answer = await fetch(place.dataset.likely, {
        method: 'POST',
        body: new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, `${value}`])),
        credentials: 'same-origin',
        redirect: 'manual',
        signal: flight.signal
      })
      if (answer.ok) show(await answer.text())
    } catch {
      // asked again with the next key, and by the server when the form is sent
    }
  }

  function show (html) {
    if (question.contains(document.activeElement)) return // somebody is choosing: the choices stay where they are
    const found = new DOMParser().parseFromString(html, 'text/html')
    const number = found.querySelectorAll('input[name="who"]').length
    const chosen = form.querySelector('input[name="who"]:checked')?.value
    question.replaceChildren(...found.body.childNodes)
    const same = chosen && question.querySelector(`input[name="who"][value="${CSS.escape(chosen)}"]`)
    if (same) same.checked = true
    const words = number > 1 ? `${number === 2 ? '1 person' : `${number - 1} people`} on record may be meant` : ''
    if (status.textContent !== words) status.textContent = words
  }
}
