// What strangers write where they can write: into titles, branches, names, logs and files.

/** It stays unset unless something of theirs runs. */
export const HOOK = "theirsRan";
const run = `window.${HOOK}=1`;

const ESC = "\x1b";
const RIGHT_TO_LEFT = "\u202e";

/** For titles, authors, and whatever else is a line of text. */
export const TEXTS = [
  `<script>${run}</script>`,
  `"><img src=x onerror="${run}">`,
  `<svg onload=${run}><style>body{display:none}</style>`,
  `</title></td></table></main><h1>Build passed</h1><form action=//evil.example><button>Run again</button></form>`,
  `javascript:${run}//https://evil.example/`,
  `[link](javascript:${run}) <a href="javascript:${run}">press</a> https://evil.example/ @everyone`,
  `&lt;script&gt;${run}&lt;/script&gt; &#x3c;b&#x3e; &amp;amp;`,
  `invoice${RIGHT_TO_LEFT}gpj.exe \u2066\u2067isolates without an end`,
  `controls \u0000\u0001\u0007\u0008\u000b\u001b[31mred\u007f\u0085\u009b31m\u2028\u2029\ufeff end`,
  `Z${"\u0301\u0335\u0338\u20d2".repeat(60)}algo`,
  `${"w".repeat(10_000)}`,
  `${"many words ".repeat(500)}`,
  `{{constructor.constructor('${run}')()}} \${${run}} <!-- --!> <![CDATA[ ]]>`,
  `' onmouseover='${run}' " autofocus onfocus="${run}"`,
];

/** Names of branches that git accepts. */
export const BRANCHES = [
  `<script>${run}</script>`,
  `"onmouseover="${run}"x="`,
  `<img/src=x/onerror=${run}>`,
  `javascript&colon;${run}`,
  `right${RIGHT_TO_LEFT}tfel`,
  `%3Cscript%3E%2e%2e%2f%00`,
  `a#b&c=d;e+f'g`,
  `${"long-".repeat(40)}branch`,
  "builds/1/cancel",
  "日本語/ветка/🌱",
];

/** Names of files that a build keeps. */
export const FILES = [
  `<img src=x onerror=${run}>.html`,
  `"onmouseover="${run}"x=".svg`,
  `right${RIGHT_TO_LEFT}fdp.exe`,
  `a b#c&d=e%2F..%2f+f;g.txt`,
  `index.html`,
  `page.svg`,
  `${"x".repeat(200)}.txt`,
  `new\nline\ttab.txt`,
  `-rf`,
];

/** What each of these files says. */
export const PAGE = `<!doctype html><svg xmlns="http://www.w3.org/2000/svg" onload="${run}"><script>${run}</script></svg>`;

/** A log, in pieces that are bytes. */
export const LOG = [
  ...TEXTS.map((text) => `${text}\n`),
  `::group::<script>${run}</script>\ninside\n::endgroup::\n`,
  `::endgroup::\n::endgroup::\n::group::\n::group::never ended\n`,
  `section_start:1560896352:x[collapsed=true]\r${ESC}[0K<img src=x onerror=${run}>\nin it\nsection_end:1560896353:x\r${ESC}[0K\n`,
  `${ESC}]8;;javascript:${run}\x07press me${ESC}]8;;\x07\n`,
  `${ESC}]8;;data:text/html,<script>${run}</script>${ESC}\\press me, too${ESC}]8;;${ESC}\\\n`,
  `${ESC}]0;a title\x07${ESC}]52;c;aGVsbG8=\x07${ESC}P+q544e${ESC}\\\n`,
  `${ESC}[99999999999999999999m${ESC}[${"1;".repeat(5000)}31mmany parameters${ESC}[0m\n`,
  `${`${ESC}[31mr${ESC}[42mg`.repeat(3000)}${ESC}[0m\n`,
  `${ESC}[38;5;300m${ESC}[38;2;1;2m${ESC}[38;2;999;-1;3m${ESC}[48m${ESC}[38;5mcolours that are none${ESC}[m\n`,
  `${ESC}[2J${ESC}[H${ESC}c${ESC}[1000A${ESC}[?1049hthe screen is cleared\n`,
  `${"10%\r".repeat(5000)}100%\n`,
  `${ESC}[31;1;4;5;7;8;9mhidden, blinking, reversed ${ESC}[8minvisible\n`,
  Buffer.from([0xff, 0xfe, 0xc0, 0xaf, 0xed, 0xa0, 0x80, 0xf5, 0x80, 0x9b, 0x33, 0x31, 0x6d, 0x0a]),
  `\u0000\u0008\u0008\u0008\n\n\n`,
  `${"no end of this line ".repeat(5000)}\n`,
  `id="log" class="line" <span class="line" id="L1">line 1</span></pre></main>\n`,
  `${ESC}[`,
  `${ESC}]8;;https://evil.example/never-ended`,
];
