// What every page uses: the data in the page, words, elements made without markup, calls to the API, light and dark.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const say = data.words || {};
const csrf = document.currentScript.dataset.csrf;
const byId = (id) => document.getElementById(id);

function make(tag, kind, ...children) {
  const element = document.createElement(tag);
  if (kind) element.className = kind;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";
function draw(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// "{count} people" filled in.
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
const locale = document.documentElement.lang;
// "name: text", "name (text)" and "one, other" with the marks of the language.
const MARKS = locale.startsWith("zh") ? ["：", "（", "）", "，"] : [": ", " (", ")", ", "];
const labelled = (name, text) => name + MARKS[0] + text;
const bracketed = (name, text) => name + MARKS[1] + text + MARKS[2];
const listed = (...parts) => parts.join(MARKS[3]);
const number = (value, digits = 0) => value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const percent = (share, digits = 0) => (share === null || share === undefined ? "–" : (share * 100).toFixed(digits) + "%");
const clock = (minute) => {
  const wall = ((minute % 1440) + 1440) % 1440;
  return String(Math.floor(wall / 60)).padStart(2, "0") + ":" + String(Math.floor(wall % 60)).padStart(2, "0");
};

async function call(path, options = {}) {
  const headers = { Accept: "application/json", ...(options.body !== undefined ? { "Content-Type": "application/json" } : {}) };
  if (options.method && options.method !== "GET") headers["X-CSRF-Token"] = csrf;
  const answer = await fetch("/api/v1" + path, {
    method: options.method || "GET", headers, signal: options.signal,
    body: options.body === undefined ? undefined : JSON.stringify(options.body),
  });
  if (answer.status === 401) {
    location.href = "/sign-in?next=" + encodeURIComponent(location.pathname);
    throw new Error("401");
  }
  const content = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Error((content && content.detail) || answer.statusText);
  return content;
}

function cookie(name, value) {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
}
byId("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme === "dark" || (root.dataset.theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "light" : "dark";
  cookie("paiban_theme", root.dataset.theme);
  document.dispatchEvent(new Event("theme"));
});

// Selects and date fields that are navigation: <form data-go>.
for (const form of document.querySelectorAll("form[data-go]")) form.addEventListener("change", () => form.requestSubmit());
