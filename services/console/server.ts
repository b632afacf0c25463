import type { IncomingMessage } from 'node:http';
import { type ErrorCode, errorCodes } from '../core/errors.ts';
import type { Core } from '../core/invoke.ts';
import { headerText } from '../wire/call-headers.ts';
import type { Front } from '../wire/front.ts';
import { preferenceOf, rangesOf } from '../wire/http/accept.ts';
import type { HttpRoute } from '../wire/room.ts';
import { contractFiles, textFile } from './contracts.ts';
import type { WebPage } from './page.ts';
import type { ServerPlace } from './place.ts';
import { createReportSource } from './report.ts';
import { createSender, type PageSource } from './send.ts';
import { sideBySideRoute } from './side-by-side/server.ts';
import { viewerFiles } from './viewer-files.ts';

/** The pages for people: home, documentation, contracts, and what the bench has written. */

export interface ConsoleSettings extends Pick<Front, 'addressOf'> {
  /** Whether there is an OpenAPI document to show. */
  readonly hasRest: boolean;
  /** Where the server is found; called when the first page is made. */
  readonly place: () => ServerPlace;
  /** The bench's report, which may not exist. */
  readonly reportPath: string | URL;
}

/** Makes a page once, at its first request. */
function once(make: () => Promise<WebPage>): PageSource {
  let page: Promise<WebPage> | undefined;
  return () => {
    page ??= make();
    page.catch(() => {
      page = undefined;
    });
    return page;
  };
}

/** Whether a browser asks. A program that does not accept HTML gets REST's response. */
function isForPerson({ headers }: IncomingMessage): boolean {
  const ranges = rangesOf(headerText(headers.accept) ?? '');
  const { isNamed, quality } = preferenceOf(ranges, 'text/html');
  const isPreferred = quality >= preferenceOf(ranges, 'application/json').quality;
  return isNamed && quality > 0 && isPreferred && headers.authorization === undefined;
}

/** Serves the pages. Each is made at its first request. */
export function open(
  core: Core,
  { addressOf, hasRest, place, reportPath }: ConsoleSettings,
): readonly HttpRoute[] {
  const sending = createSender(core, addressOf);
  const at = (path: string, source: PageSource): HttpRoute => ({ path, listener: sending(source) });
  const made = (path: string, make: () => Promise<WebPage>) => at(path, once(make));
  const errors = (path: string, code?: ErrorCode) =>
    made(path, async () => (await import('./error-pages.ts')).errorPage(code));
  const viewer = [
    made('/docs/api', async () => (await import('./viewer.ts')).viewerPage(place())),
    ...viewerFiles.map(({ path, load }) => made(path, load)),
  ];
  return [
    {
      ...made('/', async () => (await import('./home.ts')).homePage(place())),
      takes: isForPerson,
    },
    ...(hasRest ? viewer : []),
    errors('/docs/errors'),
    ...errorCodes.map((code) => errors(`/docs/errors/${code}`, code)),
    ...contractFiles.map((file) => made(file.path, () => textFile(file))),
    at('/report', createReportSource(reportPath)),
    sideBySideRoute(sending),
  ];
}
