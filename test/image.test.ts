import t from 'tap'

// It compiles a module and installs packages twice, beside other tests.
const timeout = 30 * 60_000
t.setTimeout(timeout)

t.test('the image keeps what is promised of it', async (t) => {
  t.setTimeout(timeout)
  await t.spawn('docker/smoke.sh', [], { timeout, stdio: 'inherit' }, 'docker/smoke.sh')
})
