// A child's own pages: reading aloud, drawing, recording, and keeping words as they are written. Each page works without.
import { drawOn } from './voice/drawing.js'
import { keepWords } from './voice/keeping.js'
import { leaveQuickly } from './voice/leaving.js'
import { record } from './voice/recording.js'
import { speak } from './voice/speaking.js'

speak()
leaveQuickly()
for (const place of document.querySelectorAll('[data-draw]')) drawOn(place)
for (const place of document.querySelectorAll('[data-record]')) record(place)
for (const field of document.querySelectorAll('[data-keep]')) keepWords(field)
