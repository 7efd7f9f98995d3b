import type { Ground } from '../vendor.js'

const laravel = 'https://github.com/laravel/framework/blob/v9.52.0/src/Illuminate'

/** What is known of the API, by where it can be read. */
export const sources = {
  page: {
    evidence: 'documented',
    reference: 'https://thiio.atlassian.net/wiki/spaces/THIIOSM/pages/2949152778/API+documentation',
  },
  /** Whatever is wrong with a token. */
  guard: {
    evidence: 'framework',
    reference: 'https://github.com/laravel/passport/blob/v12.3.0/src/Guards/TokenGuard.php',
  },
  /** How an exception is shown. */
  handler: { evidence: 'framework', reference: `${laravel}/Foundation/Exceptions/Handler.php` },
  routing: { evidence: 'framework', reference: `${laravel}/Routing/AbstractRouteCollection.php` },
  throttle: { evidence: 'framework', reference: `${laravel}/Routing/Middleware/ThrottleRequests.php` },
  ours: { evidence: 'assumed', reference: 'src/vendors/README.md#thiio' },
} satisfies Readonly<Record<string, Ground>>
