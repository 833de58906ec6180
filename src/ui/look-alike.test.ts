import { expect, test } from 'vitest';
import { nameWarning } from './look-alike.ts';

test.each([
  ['https://example.com', null],
  ['https://sub.example.co.uk:8443', null],
  ['http://127.0.0.1:8402', null],
  ['null', null],
  ['https://münchen.de', 'warning_foreignLetters'],
  ['https://www.例え.jp', 'warning_foreignLetters'],
  ['https://президент.рф', 'warning_foreignLetters'],
  ['https://βιβλίο.gr', 'warning_foreignLetters'],
  // One Cyrillic letter among Latin ones; all letters Cyrillic; one Greek; beside an honest name.
  ['https://аpple.com', 'warning_lookAlike'],
  ['https://аррӏе.com', 'warning_lookAlike'],
  ['https://gοοgle.com', 'warning_lookAlike'],
  ['https://раураӏ.example.com', 'warning_lookAlike'],
  ['https://münchen.pаypal.com', 'warning_lookAlike'],
  ['https://ɡооɡle.com', 'warning_lookAlike'],
])('nameWarning of %s is %s', (origin, warning) => {
  expect(nameWarning(origin)).toBe(warning);
});
