export default { test: { globalSetup: './server.js' } }
