// "Hide" leaves at once and takes this page out of the browser's history; the server has signed the device out by then.

export function leaveQuickly () {
  const link = document.querySelector('[data-leave]')
  if (!link) return
  link.addEventListener('click', (event) => {
    event.preventDefault()
    document.body.textContent = ''
    window.location.replace(link.href)
  })
}
