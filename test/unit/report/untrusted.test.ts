import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cleanText,
  fenced,
  inlineCode,
  mermaidLabel,
  plainMarkdown,
  shortened,
  tableCell,
} from '../../../src/report/untrusted.ts';

describe('cleanText', () => {
  it.each([
    ['colour', 'a\u001b[31mred\u001b[0m b', 'ared b'],
    ['cursor movement', 'a\u001b[2Jb\u001b[1;1Hc', 'abc'],
    ['a link', '\u001b]8;;https://evil.example\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['a link that ends with BEL', '\u001b]8;;https://evil.example\u0007text', 'text'],
    ['an unterminated link', 'a\u001b]8;;https://evil.example', 'a'],
    ['a C1 sequence', 'a\u009b31mb\u009dtitle\u009cc', 'abc'],
    ['a device control string', 'a\u001bPq#0;1\u001b\\b', 'ab'],
    ['an application command', 'a\u001b_secret\u001b\\b', 'ab'],
    ['an escape at the end', 'a\u001b', 'a'],
    ['an unterminated CSI', 'a\u001b[12;', 'a'],
    ['bell, backspace, NUL, DEL', 'a\u0007\u0008\u0000\u007fb', 'ab'],
    ['bidi overrides', 'a\u202eb\u2066c\u200fd\u061ce', 'abcde'],
    ['zero width', 'a\u200bb\u200dc\ufeffd\u00ade\u2060f', 'abcdef'],
    ['tags', 'a\u{e0041}\u{e0042}b', 'ab'],
    ['a lone surrogate', 'a\ud800b', 'a\ufffdb'],
    ['Windows line ends', 'a\r\nb', 'a\nb'],
    ['carriage returns', 'good\rbad', 'good\nbad'],
    ['tab and line feed', 'a\tb\nc', 'a\tb\nc'],
    ['other scripts', 'blåbær 東京 🔥', 'blåbær 東京 🔥'],
  ])('cleans %s', (_, text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });

  it('leaves nothing that a terminal acts on, and nothing to clean', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const clean = cleanText(text);
        expect(clean).not.toMatch(/(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069\u200b-\u200f]/u);
        expect(cleanText(clean)).toBe(clean);
      }),
    );
  });
});

describe('inlineCode', () => {
  it.each([
    ['plain', '`plain`'],
    ['a `b` c', '``a `b` c``'],
    ['`edge`', '`` `edge` ``'],
    ['two\nlines', '`two lines`'],
    ['', ''],
  ])('wraps %j', (text, code) => {
    expect(inlineCode(text)).toBe(code);
  });
});

describe('tableCell', () => {
  it.each([
    ['a|b', 'a\\|b'],
    ['a\\|b', 'a\\|b'],
    ['a\\\\|b', 'a\\\\\\|b'],
    ['a\nb', 'a b'],
  ])('keeps %j in one cell', (text, cell) => {
    expect(tableCell(text)).toBe(cell);
  });
});

describe('plainMarkdown', () => {
  it.each([
    ['<img src=x onerror=y>', '\\<img src=x onerror=y\\>'],
    ['![a](https://evil.example/x.png)', '\\!\\[a\\](https\\://evil.example/x.png)'],
    ['*bold* _it_ `code` ~no~', '\\*bold\\* \\_it\\_ \\`code\\` \\~no\\~'],
    ['&lt; $x$ a|b', '\\&lt; \\$x\\$ a\\|b'],
    ['ping @alice and a@b.no', 'ping @\u200dalice and a@\u200db.no'],
    ['Fixes #12, GH-3', 'Fixes #\u200d12, GH-\u200d3'],
    ['www.evil.example mailto:a', 'www\\.evil.example mailto\\:a'],
    ['# heading', '\\# heading'],
    ['- item', '\\- item'],
    ['1. item', '1\\. item'],
    ['1.9 s', '1.9 s'],
    ['a\n\nb', 'a b'],
  ])('disarms %j', (text, markdown) => {
    expect(plainMarkdown(text)).toBe(markdown);
  });
});

describe('fenced', () => {
  it('uses a fence that is longer than any inside', () => {
    expect(fenced('a\n````\nb\n')).toBe('`````\na\n````\nb\n`````');
    expect(fenced('ls', 'sh')).toBe('```sh\nls\n```');
  });
});

describe('mermaidLabel', () => {
  it.each([
    ['a"]; click x "javascript:alert(1)"', 'a#34;#93;#59; click x #34;javascript#58;alert#40;1#41;#34;'],
    ['%%{init: {}}%% <b>x</b>', '#37;#37; init#58; #37;#37; b x #47;b'],
    ['a --> b', 'a #45;#45; b'],
    ['#quot;#lt;', '#35;quot#59;#35;lt#59;'],
    ['waited in 87.39 % of the last minute', 'waited in 87.39 #37; of the last minute'],
    ['0.0.0.0:8080', '0.0.0.0#58;8080'],
    ['alice@example.com', 'alice#64;example.com'],
    ['', 'unknown'],
    ['`', 'unknown'],
    ['two\nlines', 'two lines'],
  ])('writes the syntax in %j as codes', (text, label) => {
    expect(mermaidLabel(text)).toBe(label);
  });

  it('cuts what is read, and never inside a code', () => {
    expect(mermaidLabel(':::::::::', 4)).toBe('#58;#58;#58;…');
  });
});

describe('shortened', () => {
  it('cuts at a word near the limit and says so', () => {
    expect(shortened('one two three', 9)).toBe('one two…');
    expect(shortened('one two', 7)).toBe('one two');
    expect(shortened('🔥🔥🔥🔥', 3)).toBe('🔥🔥…');
  });
});
