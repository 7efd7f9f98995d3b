module.exports = () => globalThis.understudy.close()
