import { keepWorlds } from './support/emulate.js'

// Worlds that are kept in files behave as worlds in memory do: the same batteries once more.
keepWorlds()
await import('./control/worlds.test.js')
await import('./control/snapshots.test.js')
await import('./control/clock.test.js')
await import('./control/faults.test.js')
await import('./control/inspect.test.js')
await import('./http/under-way.test.js')
await import('./isolation.test.js')
await import('./replay.test.js')
