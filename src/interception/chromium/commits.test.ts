import { describe, expect, test } from 'vitest';
import type { Activation } from '../network/browser-network.ts';
import { starterOf, type Transition } from './commits.ts';

/** As Chromium 156 tells of navigations; `told` is what `Sec-Fetch-User` says of them there. */
const seen: readonly {
  readonly name: string;
  readonly type: string;
  readonly qualifiers?: readonly string[];
  readonly told: Activation;
  readonly linked?: true;
  readonly by: string;
}[] = [
  { name: 'an address typed', type: 'typed', qualifiers: ['from_address_bar'], told: 'user', by: 'user' },
  {
    name: 'an address that redirects',
    type: 'typed',
    qualifiers: ['server_redirect'],
    told: 'user',
    by: 'user',
  },
  { name: 'a typed address without TLS', type: 'typed', told: 'unknown', by: 'user' },
  { name: 'a link clicked', type: 'link', told: 'user', linked: true, by: 'user' },
  { name: 'a link clicked, without TLS', type: 'link', told: 'unknown', linked: true, by: 'user' },
  { name: 'a form sent', type: 'form_submit', told: 'user', linked: true, by: 'user' },
  { name: 'a reload of what was typed', type: 'reload', told: 'user', by: 'browser' },
  { name: 'a reload of what was linked', type: 'reload', told: 'user', linked: true, by: 'browser' },
  { name: 'a step back', type: 'typed', qualifiers: ['forward_back'], told: 'user', by: 'browser' },
  {
    name: 'a step back to a link',
    type: 'link',
    qualifiers: ['forward_back'],
    told: 'none',
    linked: true,
    by: 'browser',
  },
  {
    name: 'a step back to a form',
    type: 'form_submit',
    qualifiers: ['forward_back'],
    told: 'user',
    linked: true,
    by: 'browser',
  },
  {
    name: 'a step to a page that was reloaded',
    type: 'reload',
    qualifiers: ['forward_back'],
    told: 'user',
    by: 'browser',
  },
  {
    name: 'a page that reloads itself',
    type: 'link',
    qualifiers: ['client_redirect'],
    told: 'user',
    linked: true,
    by: 'page',
  },
  {
    name: 'a refresh',
    type: 'link',
    qualifiers: ['client_redirect'],
    told: 'none',
    linked: true,
    by: 'page',
  },
  { name: 'a script, without an act of the user', type: 'link', told: 'none', linked: true, by: 'page' },
  { name: 'a form that a script sends', type: 'form_submit', told: 'none', linked: true, by: 'page' },
  { name: 'a tab that an extension updates', type: 'link', told: 'none', by: 'outside' },
  { name: 'a window that an extension opens', type: 'link', told: 'user', by: 'outside' },
  { name: 'a form of an extension’s page', type: 'form_submit', told: 'user', by: 'outside' },
  { name: 'a typed address without its user', type: 'typed', told: 'none', by: 'outside' },
  { name: 'a bookmark', type: 'auto_bookmark', told: 'user', by: 'outside' },
  { name: 'the start page', type: 'start_page', told: 'user', by: 'outside' },
];

describe('who started a navigation', () => {
  test.each(seen)('$name: $by', ({ type, qualifiers = [], told, linked = false, by }) => {
    const transition = { transitionType: type, transitionQualifiers: qualifiers } as Transition;
    expect(starterOf(transition, told, linked)).toBe(by);
  });
});
