/** Prints the size of the built widget, gzipped; fails above the limit. */

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 120 * 1024;
const built = readFileSync(new URL("../dist/zhaohui.js", import.meta.url));
const size = gzipSync(built, { level: 9 }).length;
console.log(`dist/zhaohui.js: ${built.length} bytes, gzipped ${size} of at most ${LIMIT}`);
if (size > LIMIT) process.exit(1);
