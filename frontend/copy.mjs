// Puts fonts, pictures and licences of others beside the compiled files, so that the repository is complete.
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'

const FONT = 'node_modules/@fontsource-variable/atkinson-hyperlegible-next'
const STATIC = 'locality/static'
const COPIES = [
  [`${FONT}/files/atkinson-hyperlegible-next-latin-wght-normal.woff2`, 'fonts/atkinson-hyperlegible-next-latin.woff2'],
  [`${FONT}/files/atkinson-hyperlegible-next-latin-ext-wght-normal.woff2`, 'fonts/atkinson-hyperlegible-next-latin-ext.woff2'],
  [`${FONT}/LICENSE`, 'fonts/LICENSE-atkinson-hyperlegible-next.txt'],
  ['node_modules/@ministryofjustice/frontend/moj/assets/images/icon-document.svg', 'images/icon-document.svg'],
  ['frontend/licences/LICENSE-govuk-frontend.txt', 'licences/LICENSE-govuk-frontend.txt'],
  ['frontend/licences/LICENSE-moj-frontend.txt', 'licences/LICENSE-moj-frontend.txt'],
]

for (const folder of ['fonts', 'images', 'licences']) mkdirSync(`${STATIC}/${folder}`, { recursive: true })
for (const [from, to] of COPIES) copyFileSync(from, `${STATIC}/${to}`)

const AXE = 'tests/support/vendor'
mkdirSync(AXE, { recursive: true })
copyFileSync('node_modules/axe-core/axe.min.js', `${AXE}/axe.min.js`)
copyFileSync('node_modules/axe-core/LICENSE', `${AXE}/LICENSE-axe-core.txt`)

const versions = ['govuk-frontend', '@ministryofjustice/frontend', '@fontsource-variable/atkinson-hyperlegible-next', 'axe-core']
  .map((name) => `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version}`)
writeFileSync(`${STATIC}/licences/VERSIONS.txt`, `${versions.join('\n')}\n`)

// What the compiled files were made from; a test compares it, so that nobody forgets to build.
const sources = readdirSync('frontend', { recursive: true })
  .map((name) => name.replaceAll('\\', '/')).filter((name) => /\.(js|mjs|scss)$/.test(name)).sort()
const hash = createHash('sha256')
for (const name of sources) hash.update(`${name}\n`).update(readFileSync(`frontend/${name}`))
writeFileSync('frontend/built-from.txt', `${hash.digest('hex')}\n`)
