import t, { type Test } from 'tap'
import { type AppOptions } from '../src/app.js'
import { checkOptions, readOptions } from '../src/options.js'
import type { Evidence } from '../src/vendors/vendor.js'
import { type Emulator, emulate } from './support/emulate.js'
import { bodyOf } from './support/faveo.js'

const strict = (t: Test, strictEvidence: Evidence, options: AppOptions = {}) => emulate(t, { ...options, strictEvidence })
