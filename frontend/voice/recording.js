// Records a child's voice and gives it to the server at once. Where a browser cannot, a recording can be sent as a file.

const MOST_BYTES = 3 * 1024 * 1024
const RATE = 32000 // bits a second: clear speech, about 12 minutes in 3 MB
const KINDS = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus']

export function record (place) {
  const kind = window.MediaRecorder && KINDS.find((one) => window.MediaRecorder.isTypeSupported(one))
  if (!kind || !navigator.mediaDevices?.getUserMedia) return
  const start = place.querySelector('[data-record-start]')
  const stop = place.querySelector('[data-record-stop]')
  const status = place.querySelector('[data-recorded]')
  const form = place.closest('form')
  let recorder = null
  place.hidden = false

  start.addEventListener('click', async () => {
    let stream
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true })
    } catch {
      status.textContent = 'The microphone cannot be used here. You can write, or send a recording.'
      return
    }
    const pieces = []
    let size = 0
    recorder = new window.MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: RATE })
    recorder.addEventListener('dataavailable', (event) => {
      pieces.push(event.data)
      size += event.data.size
      if (size > MOST_BYTES - 100000 && recorder.state === 'recording') recorder.stop()
    })
    recorder.addEventListener('stop', () => {
      for (const track of stream.getTracks()) track.stop()
      swap(false)
      give(new Blob(pieces, { type: kind }))
    })
    recorder.start(1000)
    swap(true)
    status.textContent = 'Recording now'
  })
  stop.addEventListener('click', () => { if (recorder?.state === 'recording') recorder.stop() })

  function swap (recording) {
    start.hidden = recording
    stop.hidden = !recording
    const shown = recording ? stop : start
    shown.focus()
  }

  async function give (sound) {
    status.textContent = 'Saving your recording'
    const sent = new FormData()
    sent.append('csrf_token', form.querySelector('input[name="csrf_token"]').value)
    sent.append('form_id', crypto.randomUUID())
    sent.append('file', sound, 'recording')
    try {
      const answer = await fetch(place.dataset.record, { method: 'POST', body: sent, credentials: 'same-origin', redirect: 'manual' })
      const said = answer.type === 'basic' ? await answer.json().catch(() => ({})) : {}
      status.textContent = answer.ok ? 'Your recording is saved' : (said.error || 'Your recording was not saved. Try again, please.')
    } catch {
      status.textContent = 'Your recording was not saved: no connection. Try again, please.'
    }
  }
}
