// Everything here makes pages quicker; each page works without it.
import { Button } from 'govuk-frontend/dist/govuk/components/button/button.mjs'
import { CharacterCount } from 'govuk-frontend/dist/govuk/components/character-count/character-count.mjs'
import { ErrorSummary } from 'govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs'
import { ExitThisPage } from 'govuk-frontend/dist/govuk/components/exit-this-page/exit-this-page.mjs'
import { NotificationBanner } from 'govuk-frontend/dist/govuk/components/notification-banner/notification-banner.mjs'
import { SkipLink } from 'govuk-frontend/dist/govuk/components/skip-link/skip-link.mjs'
import { createAll } from 'govuk-frontend/dist/govuk/init.mjs'
import { keepDrafts } from './draft.js'
import { walkRows } from './rows.js'
import { watchTheClock } from './timeout.js'

for (const component of [Button, CharacterCount, ErrorSummary, ExitThisPage, NotificationBanner, SkipLink]) createAll(component)
keepDrafts()
walkRows()
watchTheClock()
