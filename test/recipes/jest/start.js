const { createUnderstudy } = require('auth-understudy')

module.exports = async () => {
  globalThis.understudy = await createUnderstudy()
  process.env.UNDERSTUDY_URL = globalThis.understudy.url
}
