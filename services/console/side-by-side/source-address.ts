/** Where the server has the page, and under it the files that the page quotes. */

export const sideBySidePath = '/compare';
const parameter = 'source';

export const sourceAddress = (file: string): string => `${sideBySidePath}?${parameter}=${file}`;

/** The file that a request asks for; undefined if it asks for the page. */
export const sourceAsked = (url: string): string | undefined =>
  new URLSearchParams(url.split('?', 2)[1]).get(parameter) ?? undefined;
