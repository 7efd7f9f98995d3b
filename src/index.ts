export { type AppOptions, buildApp } from './app.js'
export { FixtureError } from './vendors/load-fixture.js'
