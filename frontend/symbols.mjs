// The pictures of the symbol cards, from OpenMoji (CC BY-SA 4.0). They are committed; run this only to add one:
//
//   npm pack openmoji@17.0.0 && tar xzf openmoji-17.0.0.tgz && node frontend/symbols.mjs package
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'

const SYMBOLS = {
  happy: '1F600', calm: '1F60C', excited: '1F929', proud: '1F60E', loved: '1F970', tired: '1F971', sad: '1F622',
  angry: '1F620', worried: '1F61F', scared: '1F631', lonely: '1F614', hurt: '1F915', not_safe: '26A0', mixed_up: '1F615',
  mum: '1F469', dad: '1F468', brother: '1F466', sister: '1F467', baby: '1F476', grandma: '1F475', grandad: '1F474',
  friend: '1F46D', teacher: '1F9D1-200D-1F3EB', carer: '1F9D1', doctor: '1F9D1-200D-2695-FE0F', pet: '1F436', nobody: '1F6AB',
  home: '1F3E0', bedroom: '1F6CF', school: '1F3EB', playground: '1F6DD', park: '1F333', car: '1F697', bus: '1F68C',
  shop: '1F3EA', outside: '2600', library: '1F4DA',
  football: '26BD', swimming: '1F3CA', music: '1F3B5', drawing: '1F58D', books: '1F4D6', games: '1F3AE', television: '1F4FA',
  bike: '1F6B2', animals: '1F430', food: '1F34E', cooking: '1F373', dancing: '1F483', cuddle: '1F917', quiet: '1F910',
  sleep: '1F634', noise: '1F50A', shouting: '1F5E3', alone: '1F9D8', talking: '1F4AC', help: '1F91D', play: '1F9F8',
  pain: '1FA79', toilet: '1F6BD', clothes: '1F455', money: '1FA99', star: '2B50',
  face_1: '1F62D', face_2: '1F641', face_3: '1F610', face_4: '1F642', face_5: '1F604',
  yes: '1F44D', sometimes: '1F937', no: '1F44E', lock: '1F512', ear: '1F442', tablet: '1F4F1', family: '1F46A'
}

const from = process.argv[2]
const to = 'locality/static/symbols'
mkdirSync(to, { recursive: true })
for (const [name, code] of Object.entries(SYMBOLS)) copyFileSync(`${from}/color/svg/${code}.svg`, `${to}/${name}.svg`)
copyFileSync(`${from}/LICENSE.txt`, `${to}/LICENSE-openmoji.txt`)
const { version } = JSON.parse(readFileSync(`${from}/package.json`))
const lines = Object.entries(SYMBOLS).map(([name, code]) => `${name}.svg ${code}`)
writeFileSync(`${to}/SOURCES.txt`, `OpenMoji ${version}, https://openmoji.org, CC BY-SA 4.0; unchanged but for their names.\n${lines.join('\n')}\n`)
