import t from 'tap'

// A module is compiled and packages are installed twice, beside other tests.
const timeout = 30 * 60_000
t.setTimeout(timeout)

t.spawn('docker/smoke.sh', [], { timeout }, 'the image keeps what is promised of it')
