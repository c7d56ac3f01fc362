// The lab bench's page: draws what the feed tells, sends what is clicked. It keeps nothing: a reload draws the same.

import {act, ask, authorization, choice, field, open, Refused, say, useKey, whyNot} from "./asking.js";
import {armVerb, dropLink, LIST, PUSH, QUICK} from "./breaking.js";
import {drawDepot} from "./depot.js";
import {$, button, count, duration, event, make, renew} from "./making.js";
import {certify, followRuns} from "./runs.js";

const MOST_LINES = 20000, MOST_ROWS = 1500, FIRST_LINES = 3000;

// -- the conversation ------------------------------------------------------------------------------------------------

const lines = [];
let chosen = null, found = new Map(), stretch = {since: 0, until: null}, first = 0, state = null;
const looks = {
  "→": "out", "←": "in", "✂": "cut", "‖": "hand", "⚑": "flag", "☞": "hand", "✎": "hand", "✕": "end", "⌂": "rest",
};

function row(line) {
  if (line.gap) return make("li", {class: "gap", role: "presentation"}, line.gap);
  const look = looks[line.sign] ?? "rest";
  const inside = stretch.until !== null && line.index >= stretch.since && line.index < stretch.until;
  const node = make("li", {
    class: `${inside ? "stretch" : ""}`, role: "option", id: `e${line.index}`, "data-index": line.index,
    "aria-selected": String(line.index === chosen), on: {click: () => choose(line.index)},
  },
    make("time", {title: `${line.wall}, ${line.at.toFixed(3)} s${line.simulated ? `, simulated ${line.simulated}` : ""}`}, line.wall.slice(11, 22)),
    make("span", {class: "n", title: "link"}, line.link ?? ""),
    make("span", {class: look, "aria-hidden": "true"}, line.sign),
    make("span", {class: `what ${look}`}, spoken(line)),
    make("span", {class: "marks"}, ...marks(line)));
  return node;
}
function spoken(line) {
  const touched = line.fault && line.type ? ` (fault ${line.fault})` : "";
  return `${line.text}${touched}`;
}
function marks(line) {
  const all = [];
  if (line.verdict && !line.verdict.ok) all.push(make("span", {class: "tag bad", title: line.verdict.problems?.join("\n")}, "✗ schema"));
  else if (line.verdict && line.type) all.push(make("span", {class: "tag good", title: `valid under ${line.verdict.dialect}`}, "✓"));
  for (const one of found.get(line.index) ?? []) all.push(make("span", {class: `tag ${one.level}`, title: one.message}, `${one.level === "must" ? "✗" : "!"} ${one.requirement || one.rule}`));
  return all;
}
function isShown(line) {
  if (line.gap) return true;
  const kind = $("filter-kind").value, text = $("filter").value.trim().toLowerCase(), link = $("filter-link").value;
  if (link && String(line.link) !== link) return false;
  if (kind === "messages" && !["→", "←", "✂", "‖"].includes(line.sign)) return false;
  if (kind === "faults" && !(line.fault || "⚑☞✎✂‖✕".includes(line.sign))) return false;
  if (kind === "bad" && !(found.has(line.index) || line.verdict && !line.verdict.ok)) return false;
  return !text || `${line.text} ${line.action ?? ""} ${line.message_id ?? ""} ${line.fault ?? ""} ${line.event}`.toLowerCase().includes(text);
}
function append(more) {
  for (const line of more) lines.push(line);
  if (lines.length > MOST_LINES) lines.splice(0, lines.length - MOST_LINES);
  const box = $("lines"), follow = $("follow").checked;
  const fresh = more.filter(isShown).slice(-MOST_ROWS).map(row);
  if (fresh.length < 30) for (const node of fresh) node.classList.add("new");
  box.append(...fresh);
  while (box.childElementCount > MOST_ROWS) box.firstElementChild.remove();
  if (follow) box.scrollTop = box.scrollHeight;
  tellOlder();
}
function redraw() {
  const box = $("lines"), kept = box.scrollTop;
  box.replaceChildren(...lines.filter(isShown).slice(-MOST_ROWS).map(row));
  box.scrollTop = $("follow").checked ? box.scrollHeight : kept;
  tellOlder();
}
function tellOlder() {
  const oldest = lines.find(line => !line.gap)?.index ?? first;
  $("older").hidden = oldest <= first;
  if ($("older").hidden || $("older").dataset.oldest === String(oldest)) return;
  $("older").dataset.oldest = oldest;
  $("older").replaceChildren(`${count(oldest - first, "earlier event")} `, button("show 1000 more", () => loadOlder(oldest), {class: "small"}));
}
async function loadOlder(oldest) {
  const since = Math.max(first, oldest - 1000);
  const told = await ask("GET", `/messages?since=${since}&most=${Math.min(1000, oldest - since)}`);
  lines.unshift(...told.lines);
  $("follow").checked = false;
  redraw();
}
function step(by) {
  const rows = [...$("lines").querySelectorAll("li[data-index]")];
  const at = rows.findIndex(one => Number(one.dataset.index) === chosen);
  const next = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? rows.length - 1 : at + by))];
  if (next) choose(Number(next.dataset.index));
}
$("lines").addEventListener("keydown", event => {
  const by = {ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12, Home: -1e6, End: 1e6}[event.key];
  if (by) { event.preventDefault(); step(by); }
});
$("lines").addEventListener("wheel", event => { if (event.deltaY < 0) $("follow").checked = false; }, {passive: true});
$("lines").addEventListener("touchmove", () => { $("follow").checked = false; }, {passive: true});
$("follow").addEventListener("change", () => { if ($("follow").checked) $("lines").scrollTop = $("lines").scrollHeight; });
for (const id of ["filter", "filter-link", "filter-kind"]) $(id).addEventListener("input", redraw);
$("lines").setAttribute("role", "listbox");

// -- one frame -------------------------------------------------------------------------------------------------------

let view = "pretty", shown = null;

async function choose(index, jump = false) {
  if (jump && !$(`e${index}`)) { for (const id of ["filter", "filter-link", "filter-kind"]) $(id).value = ""; redraw(); }
  document.querySelector("#lines [aria-selected=true]")?.setAttribute("aria-selected", "false");
  chosen = index;
  const node = $(`e${index}`);
  node?.setAttribute("aria-selected", "true");
  if (node) { $("lines").setAttribute("aria-activedescendant", node.id); node.scrollIntoView({block: "nearest"}); }
  if (index !== lines.at(-1)?.index) $("follow").checked = false;
  try {
    const told = await ask("GET", `/messages/${index}`);
    if (chosen === index) { shown = told; showFrame(); }
  } catch (error) { say(error.message, true); }
}
function showFrame() {
  const {line, raw, verdicts, findings, fields} = shown, is = line.type || raw;
  const parts = [make("h3", {}, `${line.sign} ${line.text}`), make("p", {class: "quiet"}, `event ${line.index} · ${line.wall.slice(11, 23)} UTC${line.link ? ` · link ${line.link}` : ""}${line.fault ? ` · fault ${line.fault}` : ""}`)];
  if (verdicts.length) parts.push(make("p", {}, ...verdicts.flatMap((one, number) => [make("span", {class: `tag ${number ? "" : one.ok ? "good" : "bad"}`, title: (one.problems ?? []).join("\n")}, `${one.ok ? "✓" : "✗"} ${number ? "" : "schema "}${one.dialect}`), " "])));
  const problems = verdicts[0]?.problems ?? [];
  if (problems.length) parts.push(make("ul", {}, ...problems.map(one => make("li", {}, `✗ ${one}`))));
  parts.push(...findings.flatMap(one => [drawFinding(one), make("dl", {}, ...["expected", "observed", "perhaps"].filter(name => one[name]).flatMap(name => [make("dt", {}, name), make("dd", {}, one[name])]))]));
  if (is) {
    parts.push(make("div", {class: "tabs", role: "group", "aria-label": "how it is shown"},
      ...["pretty", "raw", "recorded"].map(one => button(one, () => { view = one; showFrame(); }, {class: "small", "aria-pressed": String(view === one)})),
      button("copy", () => navigator.clipboard?.writeText(raw).then(() => say("copied")), {class: "small"}),
      button("edit and send …", () => write(raw, line.link), {class: "small act"})));
    parts.push(make("pre", {tabindex: "0"}, {pretty: pretty(raw), raw, recorded: JSON.stringify(fields, null, 2)}[view]));
  } else {
    parts.push(make("dl", {}, ...Object.entries(fields).filter(([name]) => !["index", "at", "wall", "link"].includes(name)).flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, typeof value === "object" ? JSON.stringify(value) : String(value))])));
  }
  parts.push(make("div", {class: "buttons act"}, button("stretch from here", () => mark("since", line.index), {class: "small"}), button("stretch to here", () => mark("until", line.index + 1), {class: "small"})));
  $("frame").replaceChildren(...parts);
}
function pretty(raw) {
  try { return JSON.stringify(JSON.parse(raw), null, 2); } catch { return raw; }
}
function mark(which, index) {
  stretch[which] = index;
  if (stretch.until === null) stretch.until = (lines.at(-1)?.index ?? 0) + 1;
  redraw();
  say(`stretch: events ${stretch.since} to ${stretch.until - 1}`);
}

// -- how things stand ------------------------------------------------------------------------------------------------

document.addEventListener("click", click => {
  const link = click.target.closest("[data-event]");
  if (link) { click.preventDefault(); choose(Number(link.dataset.event), true); }
});
function show(told) {
  state = told;
  renew("waiting", told.awaited, all => all.length ? all.map(drawAwaited) : [make("li", {class: "quiet"}, "nobody: all is answered")]);
  renew("links", told.links, all => all.length ? all.map(drawLink) : [make("p", {class: "quiet"}, "nobody is connected")]);
  renew("armed", [told.holds, told.faults], ([holds, faults]) => holds.length + faults.length ? [...holds.map(drawHold), ...faults.map(drawFault)] : [make("p", {class: "quiet"}, "nothing: the CMS behaves well")]);
  renew("depot", {...told.depot, at: ""}, depot => drawDepot(depot));
  const {findings, why_not, judged_until} = told.findings;
  renew("findings", told.findings, () => [...findings.map(drawFinding), make("small", {}, why_not || `${findings.length ? "" : "none · "}judged up to event ${judged_until - 1}`)]);
  $("verdict").textContent = "";
  const of = level => findings.filter(one => one.level === level).length;
  $("verdict").append(make("span", {class: of("must") ? "tag must" : "tag"}, `MUST ✗${of("must")}`), make("span", {class: of("should") ? "tag should" : "tag"}, `SHOULD !${of("should")}`));
  $("pause").textContent = told.pushes.paused ? "Resume pushes" : "Pause pushes";
  const seen = new Map();
  for (const one of findings) for (const index of one.events) seen.set(index, [...seen.get(index) ?? [], one]);
  const changed = JSON.stringify([...seen.keys()]) !== JSON.stringify([...found.keys()]);
  found = seen;
  if (changed) redraw();
  const links = ["", ...new Set(lines.map(line => line.link).filter(Boolean))].slice(-30);
  renew("filter-link", links, all => all.map(one => make("option", {value: one, selected: String(one) === $("filter-link").value}, one ? `link ${one}` : "all links")));
}
function drawAwaited(one) {
  const late = one.within_s !== null && one.for_s > one.within_s;
  const left = one.within_s === null ? duration(one.for_s) : late ? `✗ ${duration(one.for_s - one.within_s)} over ${duration(one.within_s)}` : `${duration(one.within_s - one.for_s)} of ${duration(one.within_s)} left`;
  return make("li", {class: `${one.who === "you" ? "you" : ""} ${late ? "late" : ""}`},
    make("span", {class: `tag ${one.who}`}, one.who === "you" ? "☞ you" : one.who), " ", one.what, one.who === "you" ? null : make("br"), one.who === "you" ? null : make("small", {}, left),
    one.within_s && one.who !== "you" ? make("progress", {max: one.within_s, value: Math.min(one.within_s, one.for_s), "aria-label": left}) : null);
}
function drawLink(link) {
  const next = link.next_push_in_s;
  return make("div", {class: "link", "data-key": link.id},
    make("div", {class: "row"}, make("span", {"aria-hidden": "true"}, link.ending ? "○" : "●"), make("h3", {}, link.presystem_id), make("span", {class: "tag"}, link.kind || "not booted"), make("span", {class: `tag ${link.state === "exchange" ? "good" : ""}`}, link.state)),
    make("p", {}, `${count(link.pushes, "push", "pushes")}, ${link.confirmed} confirmed, ${link.open} open`),
    make("small", {}, `link ${link.id} from ${link.peer}, for ${duration(link.since_s)}`), link.ending ? make("p", {}, link.ending) : null,
    next === null ? null : make("p", {}, `next push in ${duration(next)}`, make("progress", {max: state.pushes.interval_s, value: Math.max(0, state.pushes.interval_s - next), "aria-label": `next push in ${duration(next)}`})),
    link.ending ? null : make("div", {class: "buttons act"}, button("Drop …", () => dropLink(link.id), {class: "small"}), button("Reset it", () => act("DELETE", `/links/${link.id}?how=reset`), {class: "small"})));
}
function evidence(one) {
  const parts = [["armed", one.armed_event], ["fired", one.fired_event], ["seen", one.seen_event]].filter(([, index]) => index !== null);
  return parts.flatMap(([word, index], number) => [number ? " · " : "", event(index, `${word} ${index}`)]);
}
function drawFault(one) {
  const word = one.state.split(",")[0];
  return make("div", {class: "fault", "data-key": one.name},
    make("div", {class: "row"}, make("h3", {}, one.name), make("span", {class: `tag ${word}`}, one.state), one.fired > 1 ? make("small", {}, `${one.fired} times`) : null,
      word === "disarmed" ? null : button("disarm", () => act("DELETE", `/faults/${encodeURIComponent(one.name)}`), {class: "small end act", "aria-label": `disarm ${one.name}`})),
    make("small", {}, one.described), make("div", {}, make("small", {}, "evidence: ", ...evidence(one))),
    one.unseen ? make("small", {class: "unseen"}, one.unseen) : null);
}
function drawHold(one) {
  return make("div", {class: "hold", "data-key": `${one.id} ${one.text ? "holds" : "waits"}`},
    make("div", {class: "row"}, make("h3", {}, one.id), make("span", {class: `tag ${one.text ? "you" : "armed"}`}, one.text ? "‖ holds a message" : "waits")), make("small", {}, one.described),
    one.text ? make("div", {class: "buttons act"}, button("Let go", () => act("PUT", `/holds/${one.id}`, {do: "let-go"}), {class: "small main"}), button("Edit …", () => edit(one), {class: "small"}), button("Discard", () => act("PUT", `/holds/${one.id}`, {do: "discard"}), {class: "small"}))
      : button("Don't", () => act("DELETE", `/faults/${encodeURIComponent(one.id)}`), {class: "small act"}));
}
function drawFinding(one) {
  return make("div", {class: "finding"},
    make("div", {class: "row"}, make("span", {class: `tag ${one.level}`}, `${one.level === "must" ? "✗ MUST" : one.level === "should" ? "! SHOULD" : "· MAY"}`), make("h3", {}, one.requirement), one.count > 1 ? make("small", {}, `${one.count} times`) : null),
    make("p", {}, one.message), make("small", {}, `${one.rule} · event `, ...one.events.slice(0, 4).flatMap(index => [event(index), " "])));
}

// -- messages by hand ------------------------------------------------------------------------------------------------

function linkChoice(id) { return choice(state.links.map(one => [one.id, `link ${one.id} · ${one.presystem_id}`]), id); }
function write(text = "", id = "") {
  if (!state.links.length) return say("write: a link is expected, there is none", true);
  const area = make("textarea", {spellcheck: "false"}), to = linkChoice(id);
  area.value = pretty(text || template());
  open("Write a message", "It leaves as it is, whatever it is; in the recording it is a fault of the verb inject.", [make("div", {class: "fields"}, field("to", to), field("message", area, true))], "Send", async () => {
    say((await ask("POST", "/messages", {link: Number(to.value), text: area.value})).did);
  });
}
function template() {
  const link = state.links[0];
  return JSON.stringify([1, "CMS", link?.presystem_id ?? "Presystem1", new Date().toISOString(), crypto.randomUUID(), PUSH, {depotInfoList: []}]);
}
function edit(hold) {
  const area = make("textarea", {spellcheck: "false"});
  area.value = pretty(hold.text);
  open(`Edit what ${hold.id} holds`, "It leaves like this. It stays that message as long as type, presystem, id and action stay the same.", [make("div", {class: "fields"}, field("message", area, true))], "Let go", async () => {
    say((await ask("PUT", `/holds/${hold.id}`, {do: "let-go", text: area.value})).did);
  });
}
function holdMore() {
  const type = choice(["request", "confirmation", "error"], "confirmation"), action = choice(["BootNotification", LIST, PUSH], LIST, "any"), to = make("input", {placeholder: "any"});
  open("Hold the next message of ours", "It waits until you let it go.", [make("div", {class: "fields"}, field("type", type), field("action", action), field("link", to))], "Hold", async () => {
    const done = await ask("POST", "/holds", {type: type.value, action: action.value || null, link: to.value ? Number(to.value) : null});
    say(`${done.did} waits`);
  });
}

// -- taking home -----------------------------------------------------------------------------------------------------

function save() {
  const notes = lines.filter(line => line.event === "mark" && line.sign === "✎");
  const places = [[0, "the beginning"], ...notes.map(line => [line.index, `note “${line.text.slice(0, 40)}”`]), ...(stretch.since ? [[stretch.since, `event ${stretch.since}, chosen`]] : [])];
  const since = choice(places, stretch.since || 0);
  const until = choice([["", "now"], ...notes.map(line => [line.index, `note “${line.text.slice(0, 40)}”`]), ...(stretch.until ? [[stretch.until, `event ${stretch.until - 1}, chosen`]] : [])], stretch.until ?? "");
  const title = make("input", {value: "from the lab bench"}), result = make("div", {class: "wide"});
  open("Save as plan", "What was armed in the stretch, for mockpilot certify --plan.", [make("div", {class: "fields"}, field("title", title, true), field("from", since), field("to", until), result)], "Make the plan", async () => {
    const made = await ask("POST", "/plans", {title: title.value, since: Number(since.value), ...(until.value ? {until: Number(until.value)} : {})});
    const area = make("textarea", {id: "plan", readonly: true, spellcheck: "false"});
    area.value = made.toml;
    const file = make("a", {download: "plan.toml", class: "to", href: URL.createObjectURL(new Blob([made.toml], {type: "application/toml"}))}, "Download plan.toml");
    result.replaceChildren(make("p", {}, `${count(made.faults, "fault")}${made.left_out.length ? `; not repeated, because done by hand: ${made.left_out.join(", ")}` : ""}`), area, file);
    return false;
  });
}

// -- the feed --------------------------------------------------------------------------------------------------------

let next = null;

function take(name, id, data) {
  if (name === "lines") { append(data); next = id; }
  else if (name === "state") { show(data); followRuns(data.awaited); $("facts").textContent = facts(data.clock); }
  else if (name === "afresh") { forget(); first = next = data.next; redraw(); }
  else if (name === "resync") { append([{gap: `… events ${data.missed_from} to ${data.next - 1} were left out, because this page could not keep up; reload shows them`}]); next = data.next; }
}
function forget() {
  lines.length = 0;
  chosen = shown = null;
  stretch = {since: 0, until: null};
  $("frame").replaceChildren(make("p", {class: "quiet"}, "Choose a line of the conversation."));
}
async function follow() {
  const answer = await fetch(`/feed?since=${next}`, {headers: {...authorization(), "Last-Event-ID": String(next)}});
  if (!answer.ok) throw new Refused(answer.status, await whyNot(answer));
  $("feed").textContent = "● live";
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const of = Object.fromEntries(block.split("\n").map(line => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
      take(of.event, Number(of.id), JSON.parse(of.data));
    }
  }
}
let about = null;
const facts = clock => `${about.dialect} · ${clock.mode === "real" ? "real time" : `time × ${clock.factor}`} ${clock.now.slice(11, 19)} UTC`;

async function begin() {
  about = await ask("GET", "/health");
  first = about.first_event;
  next = Math.max(first, about.next_event - FIRST_LINES);
  document.body.classList.toggle("looks", about.role === "read");
  $("title").textContent = `${about.title}${about.role === "read" ? " · you may look" : ""}`;
  document.title = `${about.title} · mockpilot`;
  $("facts").textContent = about.dialect;
  const verbs = await ask("GET", "/vocabulary");
  $("quick").replaceChildren(...QUICK.map(([text, fault]) => button(text, () => act("POST", "/faults", fault))));
  $("verbs").replaceChildren(...verbs.map(verb => button(verb.do, () => armVerb(verb), {title: verb.reaches})));
}
function askForKey(problem) {
  const input = make("input", {type: "password", autocomplete: "current-password"});
  open("Key", problem, [make("div", {class: "fields"}, field("the key that serve --console has shown, or the password", input, true))], "Open", () => {
    useKey(input.value);
    run();
  });
}
async function run() {
  for (;;) {
    try {
      if (next === null) await begin();
      await follow();
    } catch (error) {
      if (error.status === 401) return askForKey(error.message);
      if (error.status) say(error.message, true);
    }
    $("feed").textContent = "○ no connection; trying again …";
    await new Promise(done => setTimeout(done, 1000));
  }
}
$("pause").addEventListener("click", () => act("PUT", "/push", {paused: !state.pushes.paused}));
$("push").addEventListener("click", () => act("POST", "/push"));
$("save").addEventListener("click", save);
$("certify").addEventListener("click", certify);
$("write").addEventListener("click", () => write());
$("hold").addEventListener("click", () => act("POST", "/holds", {type: "request", action: PUSH}));
$("hold-more").addEventListener("click", holdMore);
$("note").addEventListener("submit", async event => {
  event.preventDefault();
  const text = $("note-text").value.trim();
  if (text && await act("POST", "/marks", {text})) $("note-text").value = "";
});
run();
