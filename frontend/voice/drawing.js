// A sheet to draw on: by finger, pen or mouse, and with the arrow keys. Kept as strokes, saved as they are drawn.
import { keeper } from './keeping.js'

const STEP = 20 // of the sheet's 1000 units, for a press of an arrow key
const NEAR = 4 // a point closer than this to the last adds nothing
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }

export function drawOn (place) {
  const sheet = place.querySelector('canvas')
  const pen = sheet.getContext('2d')
  const status = place.querySelector('[data-saved]')
  const strokes = JSON.parse(place.dataset.strokes)
  const colours = valuesOf(place, 'colour')
  const widths = valuesOf(place, 'pen').map(Number)
  const state = { colour: 0, width: 1, version: Number(place.dataset.version), current: null, at: [500, 350], isDown: false }
  const { keep } = keeper(place.closest('form'), say, (answer) => { state.version = answer.version })
  place.hidden = false
  paint()

  function say (words) { status.textContent = words }
  function changed () { keep(() => ({ strokes, version: state.version })) }

  function begin (x, y) {
    state.current = { c: state.colour, w: state.width, p: [x, y] }
    strokes.push(state.current)
    paint()
  }

  function go (x, y) {
    const points = state.current.p
    const far = Math.hypot(x - points.at(-2), y - points.at(-1))
    if (far < NEAR) return
    points.push(x, y)
    paint()
  }

  function end () {
    if (!state.current) return
    state.current = null
    changed()
  }

  sheet.addEventListener('pointerdown', (event) => {
    if (!event.isPrimary || event.button > 0) return
    event.preventDefault()
    sheet.setPointerCapture(event.pointerId)
    begin(...placeOf(event))
  })
  sheet.addEventListener('pointermove', (event) => {
    if (!state.current || !event.isPrimary) return
    const all = event.getCoalescedEvents?.() ?? []
    for (const one of all.length ? all : [event]) go(...placeOf(one))
  })
  for (const kind of ['pointerup', 'pointercancel']) sheet.addEventListener(kind, end)

  sheet.addEventListener('keydown', (event) => {
    if (event.key === ' ') {
      event.preventDefault()
      state.isDown = !state.isDown
      if (state.isDown) begin(...state.at)
      else end()
      say(state.isDown ? 'The pen is down' : 'The pen is up')
    } else if (event.key in ARROWS) {
      event.preventDefault()
      const [dx, dy] = ARROWS[event.key]
      state.at = [within(state.at[0] + dx, sheet.width), within(state.at[1] + dy, sheet.height)]
      if (state.current) go(...state.at)
      paint()
    }
  })
  sheet.addEventListener('blur', () => { state.isDown = false; end(); paint() })

  place.addEventListener('click', (event) => {
    const button = event.target.closest('button')
    if (!button) return
    if ('colour' in button.dataset) choose(button, 'colour', (number) => { state.colour = number })
    if ('pen' in button.dataset) choose(button, 'pen', (number) => { state.width = number })
    if ('undo' in button.dataset && strokes.pop()) { paint(); changed() }
    if ('clear' in button.dataset && strokes.length && window.confirm('Take everything off the sheet?')) {
      strokes.length = 0
      paint()
      changed()
    }
  })

  function choose (button, name, set) {
    for (const other of place.querySelectorAll(`[data-${name}]`)) other.setAttribute('aria-pressed', String(other === button))
    set(Number(button.dataset[name]))
  }

  function placeOf (event) {
    const box = sheet.getBoundingClientRect()
    return [
      within(Math.round((event.clientX - box.left) * sheet.width / box.width), sheet.width),
      within(Math.round((event.clientY - box.top) * sheet.height / box.height), sheet.height)
    ]
  }

  function paint () {
    pen.fillStyle = '#ffffff'
    pen.fillRect(0, 0, sheet.width, sheet.height)
    pen.lineCap = pen.lineJoin = 'round'
    for (const stroke of strokes) line(stroke)
    if (document.activeElement === sheet && !state.current) cross(...state.at)
  }

  function line ({ c, w, p }) {
    pen.strokeStyle = colours[c]
    pen.lineWidth = widths[w]
    pen.beginPath()
    pen.moveTo(p[0], p[1])
    for (let i = 2; i < p.length; i += 2) pen.lineTo(p[i], p[i + 1])
    if (p.length === 2) pen.lineTo(p[0], p[1])
    pen.stroke()
  }

  // Where the pen is, for whoever draws with keys.
  function cross (x, y) {
    pen.strokeStyle = '#1a1a1a'
    pen.lineWidth = 3
    pen.beginPath()
    pen.moveTo(x - 14, y)
    pen.lineTo(x + 14, y)
    pen.moveTo(x, y - 14)
    pen.lineTo(x, y + 14)
    pen.stroke()
  }
}

function valuesOf (place, name) {
  return [...place.querySelectorAll(`[data-${name}]`)].map((button) => button.dataset.value)
}

function within (number, end) {
  return Math.min(end, Math.max(0, number))
}
