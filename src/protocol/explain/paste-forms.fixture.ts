/** The forms in which tools hand out one header. Each returns the text as the tool writes it. */

const ESCAPE = String.fromCharCode(27);
const standard = (value: string) => value.replaceAll('-', '+').replaceAll('_', '/');
const wrapped = (value: string, width: number, between: string) =>
  value.replace(new RegExp(`(.{${width}})(?=.)`, 'g'), `$1${between}`);
const percent = (value: string) => encodeURIComponent(value);
const capital = (name: string) => name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
const json = (value: string) => Buffer.from(standard(value), 'base64').toString('utf8');
const prefixed = (text: string, prefix: string) => text.replace(/^/gm, prefix);

/** A page of a browser's network panel, terminal, log or REPL, for a header's name in lower case and its value. */
export type Form = readonly [name: string, write: (name: string, value: string) => string];

/** The value alone. */
export const VALUES: readonly Form[] = [
  ['a value', (_, value) => value],
  ['a value between blank lines', (_, value) => `\n\n  ${value} \r\n\n`],
  ['a value in double quotes', (_, value) => `"${value}"`],
  ['a value in single quotes, with a semicolon', (_, value) => `'${value}';`],
  ['a value in backticks', (_, value) => `\`${value}\``],
  ['a value in typographic quotes', (_, value) => `\u201c${value}\u201d`],
  ['a value in guillemets', (_, value) => `\u00ab\u00a0${value}\u00a0\u00bb`],
  ['a value with non-breaking spaces and a byte order mark', (_, value) => `\ufeff\u00a0${value}\u00a0`],
  ['a value with zero-width characters', (_, value) => wrapped(value, 20, '\u200b')],
  ['a value with soft hyphens', (_, value) => wrapped(value, 33, '\u00ad')],
  ['a value in lines of 76, as base64 writes it', (_, value) => wrapped(value, 76, '\n')],
  ['a value in lines with CRLF and spaces before', (_, value) => wrapped(value, 40, '\r\n    ')],
  ['a value whose last line is its padding', (_, value) => value.replace(/=+$/, '\n$&')],
  ['a value in lines of a mail', (_, value) => prefixed(wrapped(value, 60, '\n'), '> ')],
  [
    'a value in the URL-safe alphabet, unpadded',
    (_, value) => Buffer.from(value, 'base64').toString('base64url'),
  ],
  ['a value percent-encoded', (_, value) => percent(value)],
  ['a value percent-encoded twice', (_, value) => percent(percent(value))],
  ['a value with slashes escaped', (_, value) => `"${value.replaceAll('/', '\\/')}"`],
  [
    'a value with Unicode escapes',
    (_, value) => `"${value.replaceAll('=', '\\u003d').replaceAll('+', '\\u002B')}"`,
  ],
  ['a value in a string in a string', (_, value) => JSON.stringify(JSON.stringify(value))],
  ['a value as bytes of Python', (_, value) => `b'${value}'`],
  ['a value in a list', (_, value) => `['${value}']`],
  ['a value in a JSON list', (_, value) => `["${value}"]`],
  ['a value in pieces of Python', (_, value) => `(\n  '${wrapped(value, 50, "'\n  '")}'\n)`],
  ['a value in pieces of JavaScript', (_, value) => `const header =\n  "${wrapped(value, 50, '" +\n  "')}";`],
  ['a value in a command', (_, value) => `$ echo ${value} | base64 -d | jq .`],
  ['a value with a backslash at the end of its lines', (_, value) => wrapped(value, 60, '\\\n')],
  ['a value in a fenced block', (_, value) => `The header is\n\n\`\`\`\n${value}\n\`\`\`\n`],
  ['a value in a sentence', (_, value) => `What is wrong with ${value}? It says 402.`],
];

/** The decoded object. */
export const OBJECTS: readonly Form[] = [
  ['JSON in one line', (_, value) => json(value)],
  ['JSON in many lines', (_, value) => JSON.stringify(JSON.parse(json(value)), null, 2)],
  ['JSON in a string', (_, value) => JSON.stringify(json(value))],
  ['JSON in a log line', (_, value) => `2030-03-17T17:46:40.123Z INFO offer=${json(value)} took=3ms`],
  ['JSON in a JSON log', (_, value) => JSON.stringify({ level: 'info', offer: JSON.parse(json(value)) })],
  ['JSON in a message of a log', (_, value) => `level=info msg=${JSON.stringify(json(value))}`],
  ['JSON with typographic quotes', (_, value) => json(value).replace(/"([^"]*)"/g, '\u201c$1\u201d')],
  ['JSON with a trailing comma', (_, value) => json(value).replace(/\}$/, ',\n}')],
  ['a dict of Python', (_, value) => python(JSON.parse(json(value)))],
  ['an object of Node', (_, value) => node(JSON.parse(json(value)))],
  [
    'a hash of Ruby',
    (_, value) =>
      json(value)
        .replace(/":/g, '"=>')
        .replace(/\bnull\b/g, 'nil'),
  ],
];

/** The value with its name. */
export const NAMED: readonly Form[] = [
  ['a header line', (name, value) => `${name}: ${value}`],
  ['a header line without a space', (name, value) => `${name.toUpperCase()}:${value}`],
  ['a header line in a code span', (name, value) => `\`${capital(name)}: ${value}\``],
  ['a header line with non-breaking hyphens', (name, value) => `${name.replaceAll('-', '\u2011')}: ${value}`],
  [
    'a header with a folded value',
    (name, value) => `date: x\r\n${name}: ${wrapped(value, 60, '\r\n\t')}\r\nvary: *\r\n`,
  ],
  // Chromium
  [
    'Chromium, response headers',
    (name, value) => `cache-control:\nno-store\n${name}:\n${value}\nvary:\nOrigin`,
  ],
  [
    'Chromium, response headers of late',
    (name, value) => `cache-control\nno-store\n${name}\n${value}\nvary\nOrigin`,
  ],
  [
    'Chromium, raw headers',
    (name, value) => `HTTP/1.1 402 Payment Required\r\n${capital(name)}: ${value}\r\nVary: *\r\n\r\n`,
  ],
  [
    'Chromium, cURL (bash)',
    (name, value) =>
      `curl 'https://shop.example/x' \\\n  -H 'accept: */*' \\\n  -H '${name}: ${value}' \\\n  --compressed`,
  ],
  [
    'Chromium, cURL (bash) with a quote',
    (name, value) => `curl $'https://shop.example/it\\'s' -H $'${name}: ${value.replaceAll('=', '\\u003d')}'`,
  ],
  [
    'Chromium, cURL (cmd)',
    (name, value) =>
      `curl ^"https://shop.example/x^" ^\r\n  -H ^"accept: */*^" ^\r\n  -H ^"${name}: ${value.replaceAll('=', '^=')}^"`,
  ],
  [
    'Chromium, fetch',
    (name, value) =>
      `fetch("https://shop.example/x", {\n  "headers": {\n    "accept": "*/*",\n    "${name}": "${value}"\n  },\n  "body": null,\n  "method": "GET"\n});`,
  ],
  [
    'Chromium, PowerShell',
    (name, value) =>
      `Invoke-WebRequest -UseBasicParsing -Uri "https://shop.example/x" \`\n-Headers @{\n"method"="GET"\n  "${name}"="${value}"\n}`,
  ],
  ['Chromium, HAR', (name, value) => har([{ name, value }])],
  // Firefox
  [
    'Firefox, response headers',
    (name, value) => `HTTP/2 402 \r\ncontent-type: text/html\r\n${name}: ${value}\r\nX-Firefox-Spdy: h2\r\n`,
  ],
  [
    'Firefox, all headers',
    (name, value) => JSON.stringify({ 'Response Headers (812 B)': { headers: [{ name, value }] } }),
  ],
  [
    'Firefox, cURL (Windows)',
    (name, value) => `curl "https://shop.example/x" --compressed -H "Accept: */*" -H "${name}: ${value}"`,
  ],
  [
    'Firefox, fetch',
    (name, value) =>
      `await fetch("https://shop.example/x", {\n    "credentials": "omit",\n    "headers": {\n        "User-Agent": "x",\n        "${capital(name)}": "${value}"\n    },\n    "mode": "cors"\n});`,
  ],
  // Tables
  ['a table with tabs', (name, value) => `Header\tValue\n${name}\t${value}\nvary\t*`],
  [
    'a table of Markdown',
    (name, value) => `| Header | Value |\n| --- | --- |\n| \`${name}\` | \`${value}\` |`,
  ],
  ['a line of CSV', (name, value) => `"GET","402","${name}","${value}"`],
  [
    'a table of PowerShell',
    (name, value) =>
      `Key               Value\n---               -----\n${name}  {${value}}\nVary              {*}`,
  ],
  ['HTML', (name, value) => `<tr><th>${name}</th><td>${value.replaceAll('=', '&#x3D;')}</td></tr>`],
  [
    'an attribute with entities',
    (name, value) => `data-headers="{&quot;${name}&quot;:&quot;${value}&quot;}"`,
  ],
  // Terminals
  [
    'curl -i',
    (name, value) =>
      `HTTP/2 402\r\ndate: Sun, 17 Mar 2030 17:46:40 GMT\r\n${name}: ${value}\r\n\r\n{"error":"Payment Required"}`,
  ],
  [
    'curl -v',
    (name, value) =>
      `* Request completely sent off\n< HTTP/2 402 \n< content-type: text/plain\n< ${name}: ${value}\n< \n* Connection #0 left intact`,
  ],
  [
    'curl -v, a request',
    (name, value) => `> GET /x HTTP/2\n> Host: shop.example\n> ${name}: ${value}\n> \n* Request sent`,
  ],
  [
    'curl --trace-ascii',
    (name, value) => `<= Recv header, 812 bytes (0x32c)\n0000: ${name}: ${value}\n== Info: done`,
  ],
  [
    'HTTPie, in colours',
    (name, value) =>
      `${ESCAPE}[34mHTTP${ESCAPE}[39;49;00m/1.1 402\n${ESCAPE}[36m${capital(name)}${ESCAPE}[39m: ${ESCAPE}[33m${value}${ESCAPE}[39m\n`,
  ],
  [
    'wget -S',
    (name, value) =>
      `HTTP request sent, awaiting response... \n  HTTP/1.1 402 Payment Required\n  ${capital(name)}: ${value}\n  Vary: *\n2030-03-17 17:46:40 ERROR 402: Payment Required.`,
  ],
  [
    'openssl s_client',
    (name, value) =>
      `---\nread R BLOCK\nHTTP/1.1 402 Payment Required\r\n${capital(name)}: ${value}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nclosed`,
  ],
  [
    'nghttp -v',
    (name, value) => `[  0.021] recv (stream_id=13) ${name}: ${value}\n[  0.021] recv HEADERS frame`,
  ],
  [
    'Wireshark',
    (name, value) =>
      `    HTTP/1.1 402 Payment Required\\r\\n\n    ${capital(name)}: ${value}\\r\\n\n    \\r\\n`,
  ],
  ['a shell variable', (name, value) => `export ${name.replaceAll('-', '_').toUpperCase()}='${value}'`],
  ['a query', (name, value) => `https://shop.example/x?a=1&${name}=${percent(value)}&b=2`],
  // Logs
  [
    'nginx',
    (name, value) =>
      `203.0.113.7 - - [17/Mar/2030:17:46:40 +0000] "GET /x HTTP/1.1" 402 0 "-" "curl/8.5.0" sent_http_${name.replaceAll('-', '_')}="${value}"`,
  ],
  ['nginx, JSON escapes', (name, value) => `{\\x22${name}\\x22:\\x22${value}\\x22}`],
  [
    'JSON lines',
    (name, value) =>
      `{"level":30,"msg":"start"}\n{"level":30,"res":{"statusCode":402,"headers":{"${name}":"${value}"}}}\n{"level":30}`,
  ],
  [
    'JSON in a message of JSON',
    (name, value) =>
      JSON.stringify({ log: `${JSON.stringify({ headers: { [name]: value } })}\n`, stream: 'stdout' }),
  ],
  [
    'a line in a message of JSON',
    (name, value) => JSON.stringify({ message: `< HTTP/1.1 402\r\n< ${name}: ${value}\r\n` }),
  ],
  ['logfmt', (name, value) => `time=2030-03-17T17:46:40Z level=info status=402 ${name}=${value} dur=3ms`],
  ['logfmt with quotes', (name, value) => `level=info ${name}="${value}" status=402`],
  ['docker compose', (name, value) => prefixed(`GET /x 402\n${name}: ${value}\ndone`, 'web-1  | ')],
  [
    'kubectl, with the time',
    (name, value) => prefixed(`GET /x 402\n${name}: ${value}`, '2030-03-17T17:46:40.123456789Z stdout F '),
  ],
  ['journald', (name, value) => `Mar 17 17:46:40 host server[812]: ${name}: ${value}`],
  [
    'OkHttp',
    (name, value) =>
      `I/okhttp.OkHttpClient: <-- 402 https://shop.example/x (21ms)\nI/okhttp.OkHttpClient: ${name}: ${value}`,
  ],
  // REPLs
  [
    'Python, requests',
    (name, value) => `{'Content-Type': 'text/html', '${capital(name)}': '${value}', 'Vary': '*'}`,
  ],
  ['Python, httpx', (name, value) => `Headers([('content-type', 'text/html'), ('${name}', '${value}')])`],
  ['Python, bytes', (name, value) => `[(b'content-type', b'text/html'), (b'${name}', b'${value}')]`],
  [
    'Python, aiohttp',
    (name, value) => `<CIMultiDictProxy('Content-Type': 'text/html', '${capital(name)}': '${value}')>`,
  ],
  [
    'Python, WSGI',
    (name, value) =>
      `{'REQUEST_METHOD': 'GET', 'HTTP_${name.replaceAll('-', '_').toUpperCase()}': '${value}'}`,
  ],
  [
    'Node, Headers',
    (name, value) => `Headers {\n  date: 'Sun, 17 Mar 2030 17:46:40 GMT',\n  '${name}': '${value}'\n}`,
  ],
  [
    'Node 18, Headers',
    (name, value) =>
      `HeadersList {\n  cookies: null,\n  [Symbol(headers map)]: Map(2) {\n    'date' => { name: 'date', value: 'x' },\n    '${name}' => { name: '${name}', value: '${value}' }\n  }\n}`,
  ],
  [
    'Node, IncomingMessage',
    (name, value) =>
      `{\n  date: 'x',\n  connection: 'close',\n  '${name}': '${value}',\n  'content-length': '0'\n}`,
  ],
  [
    'Node, rawHeaders',
    (name, value) =>
      `[\n  'Date',\n  'x',\n  '${capital(name)}',\n  '${value}',\n  'Connection',\n  'close'\n]`,
  ],
  ['Node, a Map', (name, value) => `Map(1) { '${name}' => '${value}' }`],
  ['Node, in pieces', (name, value) => `{\n  '${name}': '${wrapped(value, 60, "' +\n    '")}'\n}`],
  [
    'JSON, entries',
    (name, value) =>
      JSON.stringify([
        ['vary', '*'],
        [name, value],
      ]),
  ],
  ['JSON, lists of values', (name, value) => JSON.stringify({ headers: { [capital(name)]: [value] } })],
  ['JSON, rawHeaders', (name, value) => JSON.stringify(['Vary', '*', capital(name), value])],
  ['Go, a map', (name, value) => `map[Content-Length:[0] ${capital(name)}:[${value}] Vary:[*]]`],
  ['Go, %#v', (name, value) => `http.Header{"${capital(name)}":[]string{"${value}"}, "Vary":[]string{"*"}}`],
  ['Java, a map', (name, value) => `{:status=[402], ${name}=[${value}], vary=[*]}`],
  ['Java, HttpHeaders', (name, value) => `java.net.http.HttpHeaders@3f2 { {${name}=[${value}], vary=[*]} }`],
  ['Spring', (name, value) => `[Content-Type:"text/html", ${name}:"${value}", Vary:"*"]`],
  ['Ruby', (name, value) => `{"date"=>["x"], "${name}"=>["${value}"]}`],
  ['PHP, var_dump', (name, value) => `array(1) {\n  ["${name}"]=>\n  string(${value.length}) "${value}"\n}`],
  [
    'PHP, print_r',
    (name, value) =>
      `Array\n(\n    [${name}] => Array\n        (\n            [0] => ${value}\n        )\n\n)`,
  ],
  ['PHP, var_export', (name, value) => `array (\n  '${name}' => \n  array (\n    0 => '${value}',\n  ),\n)`],
  ['Dart', (name, value) => `{vary: *, ${name}: ${value}, content-length: 0}`],
  ['C#', (name, value) => `[vary, *]\n[${name}, ${value}]`],
  ['Elixir', (name, value) => `[{"vary", "*"}, {"${name}", "${value}"}]`],
  ['Erlang', (name, value) => `[{<<"vary">>,<<"*">>},{<<"${name}">>,<<"${value}">>}]`],
  ['Swift', (name, value) => `[AnyHashable("${capital(name)}"): ${value}, AnyHashable("Vary"): *]`],
  ['YAML', (name, value) => `headers:\n  ${name}: >-\n    ${wrapped(value, 60, '\n    ')}\nstatus: 402`],
  [
    'a variable of JavaScript',
    (name, value) =>
      `{ ${name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())}: '${value}', status: 402 }`,
  ],
];

/** What is around a whole text. */
export const AROUND: readonly (readonly [name: string, write: (text: string) => string])[] = [
  ['nothing', (text) => text],
  ['CRLF', (text) => text.replace(/\r?\n/g, '\r\n')],
  ['spaces before each line', (text) => prefixed(text, '    ')],
  ['non-breaking spaces', (text) => text.replaceAll(' ', '\u00a0')],
  ['a mail', (text) => prefixed(text, '> ')],
  ['a fenced block', (text) => `Look:\n\`\`\`\n${text}\n\`\`\`\n`],
  [
    'typographic quotes',
    (text) => text.replace(/'([^'\n]*)'/g, '\u2018$1\u2019').replace(/"([^"\n]*)"/g, '\u201c$1\u201d'),
  ],
  ['zero-width characters', (text) => `\u200b${text}\u200b`],
];

function har(headers: readonly object[]): string {
  const entry = {
    request: { url: 'https://shop.example/x', headers: [] },
    response: { status: 402, headers },
  };
  return JSON.stringify({ log: { version: '1.2', entries: [entry] } }, null, 2);
}

/** A value as Python prints it. */
function python(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  if (typeof value !== 'object') return String(value);
  return `{${Object.entries(value)
    .map(([key, one]) => `${quoted(key)}: ${python(one)}`)
    .join(', ')}}`;
}

/** A value as Node prints it. */
function node(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[ ${value.map(node).join(', ')} ]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const key = (text: string) => (/^[A-Za-z_$][\w$]*$/.test(text) ? text : quoted(text));
  return `{\n${Object.entries(value)
    .map(([name, one]) => `  ${key(name)}: ${node(one)}`)
    .join(',\n')}\n}`;
}

const quoted = (text: string) =>
  `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`;
