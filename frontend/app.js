// Everything here makes pages quicker; each page works without it.
import { Button } from 'govuk-frontend/dist/govuk/components/button/button.mjs'
import { CharacterCount } from 'govuk-frontend/dist/govuk/components/character-count/character-count.mjs'
import { ErrorSummary } from 'govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs'
import { NotificationBanner } from 'govuk-frontend/dist/govuk/components/notification-banner/notification-banner.mjs'
import { SkipLink } from 'govuk-frontend/dist/govuk/components/skip-link/skip-link.mjs'
import { createAll } from 'govuk-frontend/dist/govuk/init.mjs'
import { keepDrafts } from './draft.js'
import { LeaveQuickly } from './leaving.js'
import { offerLikely } from './likely.js'
import { followProgress } from './progress.js'
import { walkRows } from './rows.js'
import { watchTheClock } from './timeout.js'

for (const component of [Button, CharacterCount, ErrorSummary, LeaveQuickly, NotificationBanner, SkipLink]) createAll(component)
keepDrafts()
followProgress()
offerLikely()
walkRows()
watchTheClock()
