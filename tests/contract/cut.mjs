// Cuts one of GitHub's OpenAPI descriptions down to the calls of hookstead-client, and makes it as strict as
// GitHub's documentation is in words.
//
//   node cut.mjs CALLS DESCRIPTION PATH_PREFIX OUTPUT
//
// The calls are what the program `client_calls` prints; a call that the test never makes fails it.
// The prefix is what stands before every path: nothing for github.com, /api/v3 for an Enterprise Server.
// No dependencies.

import { readFileSync, writeFileSync } from "node:fs";

// Enterprise Servers do not have these yet.
const ONLY_ON_GITHUB_COM = /\/merge-async(\/|$)/;

// The rules for every request, which the description states nowhere.
const HEADERS = [
  { name: "User-Agent", in: "header", required: true, schema: { type: "string", minLength: 1 } },
  { name: "X-GitHub-Api-Version", in: "header", required: true, schema: { type: "string", enum: ["2022-11-28"] } },
];

// The form in which the client asks for files.
const RAW = "application/vnd.github.raw+json";

const [calls, input, prefix, output] = process.argv.slice(2);

// The methods of each path.
const CALLS = {};
for (const line of readFileSync(calls, "utf8").split("\n").filter(Boolean)) {
  const [method, path] = line.split(" ");
  (CALLS[path] ??= new Set()).add(method.toLowerCase());
}

const whole = JSON.parse(readFileSync(input, "utf8"));

const pointed = (reference) =>
  reference.slice(2).split("/").reduce((at, key) => at[key.replaceAll("~1", "/").replaceAll("~0", "~")], whole);

const resolved = (it) => (it.$ref ? resolved(pointed(it.$ref)) : it);

// The description says `application/json`; GitHub recommends asking for this one, and answers with either.
function withMediaType(response) {
  const it = structuredClone(resolved(response));
  const json = it.content?.["application/json"];
  if (json) it.content["application/vnd.github+json"] = json;
  return it;
}

// Bodies are called optional, even those with required members; the client always sends one where there
// can be one. And what GitHub does not know it ignores, so a misspelt member would not be noticed.
function strict(requestBody) {
  const it = structuredClone(resolved(requestBody));
  it.required = true;
  for (const content of Object.values(it.content)) {
    content.schema = structuredClone(resolved(content.schema));
    for (const schema of [content.schema, ...(content.schema.oneOf ?? [])]) {
      if (schema.properties) schema.additionalProperties = false;
    }
  }
  return it;
}

const paths = {};
for (const [path, methods] of Object.entries(CALLS)) {
  const described = whole.paths[path];
  if (!described) {
    if (prefix && ONLY_ON_GITHUB_COM.test(path)) continue;
    throw new Error(`${input} does not know ${path}`);
  }
  const kept = (paths[prefix + path] = {});
  for (const method of methods) {
    const operation = structuredClone(described[method]);
    if (!operation) throw new Error(`${input} does not know ${method} ${path}`);
    // Written out here, so that the test need not follow references.
    operation.parameters = [...(described.parameters ?? []), ...(operation.parameters ?? []), ...HEADERS].map(resolved);
    if (operation.requestBody) operation.requestBody = strict(operation.requestBody);
    // "You can pass an empty array to remove all labels", say its words, and its schema forbids it.
    if (method === "put" && path.endsWith("/labels")) {
      delete operation.requestBody.content["application/json"].schema.oneOf[0].properties.labels.minItems;
    }
    // The description names this form in words only.
    if (path.endsWith("/contents/{path}")) {
      operation.responses["200"].content = { [RAW]: { schema: {}, example: "a file" } };
    }
    for (const [code, response] of Object.entries(operation.responses)) {
      operation.responses[code] = withMediaType(response);
    }
    kept[method] = operation;
  }
}

// Whatever these refer to, and what that refers to.
const components = {};
const seen = new Set();
const open = [paths];
while (open.length > 0) {
  const it = open.pop();
  if (it === null || typeof it !== "object") continue;
  if (typeof it.$ref === "string" && !seen.has(it.$ref)) {
    seen.add(it.$ref);
    const [, , kind, name] = it.$ref.split("/");
    const target = whole.components[kind][name];
    (components[kind] ??= {})[name] = target;
    open.push(target);
  }
  open.push(...Object.values(it));
}
components.securitySchemes = { token: { type: "http", scheme: "bearer" } };

// Where GitHub's description contradicts itself, or what GitHub answers.
const nullable = (schemas, name, ...path) => {
  const parent = path.slice(0, -1).reduce((at, key) => at[key], schemas[name]);
  const key = path.at(-1);
  parent[key] = parent[key].$ref ? { nullable: true, allOf: [parent[key]] } : { ...parent[key], nullable: true };
};
// A deleted fork, and a label without a description; other schemas of the same things allow both.
nullable(components.schemas, "pull-request", "properties", "head", "properties", "repo");
nullable(components.schemas, "pull-request-simple", "properties", "head", "properties", "repo");
nullable(components.schemas, "pull-request-simple", "properties", "labels", "items", "properties", "description");
for (const schema of Object.values(components.schemas)) {
  for (const property of Object.values(schema.properties ?? {})) {
    // An empty text is the default of some addresses, and none.
    if (property.format === "uri" && property.default === "") delete property.format;
  }
}

const { openapi, info } = whole;
writeFileSync(output, JSON.stringify({ openapi, info, security: [{ token: [] }], paths, components }));
