"use strict";
// Shared functions: elements, formatting of numbers, announcements.
const Cairn = {};

/** Creates an element. Properties are set as such; those with a hyphen, and role, as attributes. */
Cairn.el = (tag, properties = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name.includes("-") || name === "role" || name === "for" || name === "scope") node.setAttribute(name, value);
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node[name] = value;
  }
  node.append(...children.flat().filter(child => child !== null && child !== undefined));
  return node;
};

Cairn.svg = (tag, attributes = {}, ...children) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};

/** A number that came as a number, as null, or as "NaN" and "Infinity". */
Cairn.number = value => value === null || value === undefined ? null : Number(value);

Cairn.format = value => {
  if (value === null || value === undefined) return "–";
  const number = Number(value);
  if (Number.isNaN(number)) return "NaN";
  if (!Number.isFinite(number)) return number > 0 ? "∞" : "−∞";
  if (number === 0) return "0";
  const size = Math.abs(number);
  if (size >= 1e6 || size < 1e-4) return number.toExponential(3);
  return String(Number(number.toPrecision(5)));
};

Cairn.count = value => value === null || value === undefined ? "–" : Math.round(value).toLocaleString("en-US");

Cairn.duration = seconds => {
  if (seconds === null || seconds === undefined || !Number.isFinite(Number(seconds))) return "–";
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
};

Cairn.bytes = bytes => {
  if (bytes === null || bytes === undefined) return "–";
  const units = ["B", "KB", "MB", "GB", "TB"];
  let unit = 0;
  let left = bytes;
  for (; left >= 1024 && unit < units.length - 1; unit++) left /= 1024;
  return `${left < 10 && unit > 0 ? left.toFixed(1) : Math.round(left)} ${units[unit]}`;
};

/** Tells users of screen readers what happened; not more often than they can listen. */
Cairn.announce = text => {
  const now = Date.now();
  if (now - (Cairn.announced ?? 0) < 1000) return;
  Cairn.announced = now;
  const place = document.getElementById("announcer");
  if (place) place.textContent = text;
};

Cairn.connection = text => {
  const place = document.getElementById("connection");
  if (place && place.textContent !== text) place.textContent = text;
};

/** The value of a color of the style sheet, for drawing. */
Cairn.color = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Follows an address of server-sent events while the page is seen; a browser has few connections to one server. */
Cairn.follow = (address, onMessage) => {
  let source = null;
  const open = () => {
    if (source) return;
    source = new EventSource(address);
    source.onopen = () => Cairn.connection("Live");
    source.onmessage = message => onMessage(JSON.parse(message.data));
    source.onerror = () => Cairn.connection(
      source && source.readyState === EventSource.CLOSED ? "The page is no longer served" : "Connection lost; trying again");
  };
  const close = () => {
    if (source) source.close();
    source = null;
  };
  const seen = () => document.hidden ? close() : open();
  document.addEventListener("visibilitychange", seen);
  seen();
  return () => {
    document.removeEventListener("visibilitychange", seen);
    close();
    Cairn.connection("");
  };
};

/** What a kind of event looks like: a sign and a name, so that color is never all there is. */
Cairn.signs = {
  learning_rate_reduced: ["▼", "learning rate reduced"], learning_rate_set: ["◆", "learning rate set"],
  model_saved: ["■", "model saved"], last_model_saved: ["□", "last model saved"], training_stopped: ["✕", "training stopped"],
  stop_requested: ["◷", "stop requested"], weights_restored: ["↺", "weights restored"], layers_unfrozen: ["❄", "layers unfrozen"],
  interrupted: ["‖", "interrupted"], warning: ["!", "warning"], gradient_not_finite: ["∞", "gradient not finite"],
  note: ["✎", "note"], log_started: ["▸", "log started"],
};

Cairn.sign = kind => Cairn.signs[kind] ?? ["●", kind.replaceAll("_", " ")];
