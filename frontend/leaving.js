// Leaving a page quickly: it is replaced in the history, so that Back does not lead to it, and nothing asks on the way out.
import { ExitThisPage } from 'govuk-frontend/dist/govuk/components/exit-this-page/exit-this-page.mjs'

export class LeaveQuickly extends ExitThisPage {
  exitPage () {
    document.dispatchEvent(new Event('locality:leaving'))
    document.title = 'Weather'
    document.body.classList.add('govuk-exit-this-page-hide-content')
    window.location.replace(this.$button.href)
  }
}
