// Reads a page aloud and speaks the word of a card or button. Only with a voice that lives on the device: what a child
// reads or chooses goes to nobody. Words are always on the page too.

export function speak () {
  if (!('speechSynthesis' in window)) return
  const button = document.querySelector('[data-read]')
  const voices = () => window.speechSynthesis.getVoices().filter((voice) => voice.localService)
  const best = () => voices().find((voice) => voice.lang === 'en-GB') || voices().find((voice) => voice.lang.startsWith('en'))

  function say (words) {
    const voice = best()
    if (!voice) return
    window.speechSynthesis.cancel()
    const spoken = new window.SpeechSynthesisUtterance(words)
    spoken.voice = voice
    spoken.lang = voice.lang
    spoken.rate = 0.9
    window.speechSynthesis.speak(spoken)
  }

  const offer = () => { if (button) button.hidden = !best() }
  offer()
  window.speechSynthesis.addEventListener?.('voiceschanged', offer)
  button?.addEventListener('click', () => say(wordsOfPage()))
  document.addEventListener('change', (event) => {
    const { say: words } = event.target.dataset
    if (words && event.target.checked) say(words)
  })
}

function wordsOfPage () {
  const parts = [document.querySelector('h1'), ...document.querySelectorAll('[data-say-all]')]
  const choices = [...document.querySelectorAll('[data-say]')].map((one) => one.dataset.say)
  return [...parts.filter(Boolean).map((part) => part.innerText), ...choices].join('. ')
}
