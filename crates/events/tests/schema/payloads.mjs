// Makes payloads from GitHub's own descriptions of its webhooks, for `.ci/schema`.
//
//     node payloads.mjs OUT SCHEMAS [SCHEMAS ...]
//
// SCHEMAS is a folder with `api.github.com.json`, `ghec.json` and `ghes-*.json`, as the npm packages
// `@octokit/openapi-webhooks` and `@octokit/openapi` have it. OUT gets a folder for each of these
// files, with an `index.json` as the package `@octokit/webhooks-examples` has it. A payload that an
// earlier file made already is left out.
//
// For each event and action there are payloads with everything in them, with everything in them but
// `null` where that is allowed, and with nothing but what is required. Where the schema leaves a
// choice, there is one payload more for each alternative.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const [out, ...folders] = process.argv.slice(2);
const made = new Set();

function write(file, name) {
  const description = JSON.parse(readFileSync(file));
  const webhooks = description.webhooks ?? description["x-webhooks"];
  const index = new Map();
  for (const [key, { post }] of Object.entries(webhooks)) {
    // The event's name; a few are written with hyphens there, but never sent so.
    const event = post["x-github"].subcategory.replaceAll("-", "_");
    const { schema } = post.requestBody.content["application/json"];
    const examples = index.get(event) ?? [];
    index.set(event, examples);
    for (const [kind, payload] of payloads(description, schema)) {
      const json = `${event} ${JSON.stringify(payload)}`;
      if (!made.has(json)) {
        made.add(json);
        examples.push({ origin: `${name}: ${key} (${kind})`, payload });
      }
    }
  }
  const entries = [...index].filter(([, examples]) => examples.length > 0);
  if (entries.length === 0) {
    return;
  }
  mkdirSync(join(out, name), { recursive: true });
  const listed = entries.map(([event, examples]) => ({
    name: event,
    origins: examples.map(({ origin }) => origin),
    examples: examples.map(({ payload }) => payload),
  }));
  writeFileSync(join(out, name, "index.json"), JSON.stringify(listed));
}

function* payloads(description, schema) {
  for (const kind of ["full", "nulls", "least"]) {
    // Each choice takes the alternative of this number, or begins again.
    for (let number = 0, choices = 1; number < choices; number += 1) {
      const maker = new Maker(description, kind, number);
      yield [`${kind} ${number}`, maker.value(schema, "payload")];
      choices = Math.max(choices, maker.choices);
    }
  }
}

class Maker {
  choices = 1;
  open = [];

  constructor(description, kind, number) {
    this.description = description;
    this.kind = kind;
    this.number = number;
  }

  value(given, key) {
    if (!given.$ref) {
      return this.made(this.merged(given), key);
    }
    this.open.push(given.$ref);
    const value = this.made(this.merged(given), key);
    this.open.pop();
    return value;
  }

  made(schema, key) {
    const types = [schema.type ?? []].flat();
    if (this.kind !== "full" && (schema.nullable || types.includes("null"))) {
      return null;
    }
    const alternatives = (schema.oneOf ?? schema.anyOf)?.filter((one) => one.type !== "null");
    if (alternatives) {
      const { oneOf, anyOf, ...rest } = schema;
      return this.value({ allOf: [rest, this.choice(alternatives)] }, key);
    }
    if (schema.enum?.some((one) => one !== null)) {
      const known = schema.enum.filter((one) => one !== null);
      return known[this.number % known.length];
    }
    // Nothing but `null`, in the words of either version of OpenAPI.
    const says = ["type", "properties", "additionalProperties", "enum", "oneOf", "anyOf"];
    if (types.join() === "null" || (schema.nullable && !says.some((word) => word in schema))) {
      return null;
    }
    const type = this.choice(types.filter((one) => one !== "null"));
    if (schema.properties || schema.additionalProperties || type === "object") {
      return this.object(schema);
    }
    switch (type) {
      case "array":
        return this.list(schema, key);
      case "string":
        return text(schema, key);
      case "integer":
      case "number":
        return number(type, schema.format, key);
      case "boolean":
        return true;
      default:
        // Anything at all.
        return `any ${key}`;
    }
  }

  object(schema) {
    const object = {};
    for (const [key, property] of Object.entries(schema.properties ?? {})) {
      const isRequired = schema.required?.includes(key);
      if (!isRequired && (this.kind === "least" || this.isOpen(property))) {
        continue;
      }
      object[key] = this.isOpen(property) ? null : this.value(property, key);
    }
    if (schema.additionalProperties && this.kind !== "least") {
      const { additionalProperties } = schema;
      object.additional = additionalProperties === true ? "any" : this.value(additionalProperties, "additional");
    }
    return object;
  }

  list(schema, key) {
    if (this.kind === "least" || !schema.items || this.isOpen(schema.items)) {
      return [];
    }
    return [this.value(schema.items, key)];
  }

  choice(alternatives) {
    this.choices = Math.max(this.choices, alternatives.length);
    return alternatives[this.number % alternatives.length];
  }

  // Whether this is an object inside itself.
  isOpen(schema) {
    return schema.$ref !== undefined && this.open.includes(schema.$ref);
  }

  // The schema without references and `allOf` at its top.
  merged(schema) {
    if (schema.$ref) {
      const path = schema.$ref.split("/").slice(1);
      return this.merged(path.reduce((at, name) => at[name], this.description));
    }
    if (!schema.allOf) {
      return schema;
    }
    const { allOf, ...rest } = schema;
    const merged = { ...rest, properties: { ...rest.properties }, required: [...(rest.required ?? [])] };
    for (const part of allOf.map((one) => this.merged(one))) {
      const { properties, required, ...others } = part;
      for (const [key, property] of Object.entries(properties ?? {})) {
        // A later part often repeats a property and says less about it.
        merged.properties[key] = richer(merged.properties[key], property);
      }
      merged.required.push(...(required ?? []));
      Object.assign(merged, others);
    }
    if (Object.keys(merged.properties).length === 0) {
      delete merged.properties;
    }
    return merged;
  }
}

function richer(one, other) {
  if (one === undefined) {
    return other;
  }
  return JSON.stringify(other).length > JSON.stringify(one).length ? other : one;
}

function number(type, format, key) {
  if (key === "code") {
    return 404;
  }
  // Most that are called numbers are ids.
  if (type === "number" && /score|percent/.test(key)) {
    return 1.5;
  }
  // An id is often beyond 32 bits.
  return format === "timestamp" ? 1557933642 : 7_000_000_001;
}

function text(schema, key) {
  if (key === "full_name") {
    return "octo-org/hello-world";
  }
  if (schema.format === "date-time") {
    return "2026-09-16T13:53:24Z";
  }
  return `some ${key}`;
}

for (const [number, folder] of folders.entries()) {
  for (const file of readdirSync(folder).sort()) {
    if (/^(api\.github\.com|ghec|ghes-[0-9.]+)\.json$/.test(file)) {
      write(join(folder, file), `${basename(file, ".json")}-${number}`);
    }
  }
}
