"use strict";
// Shows what /page.json says, every two seconds. Names and words are other people's: they are put in as text, never as markup.

const EVERY = 2000; // milliseconds
const PATIENCE = 15000;
const LONG = 420; // letters
const STATES = {
  empty: ["", "nothing written"], making: ["busy", "being made"], fresh: ["good", "summarized"], final: ["good", "final"],
  blocked: ["bad", "refused by the filter"], stale: ["soon", "to be made anew"], failed: ["bad", "failed"], due: ["soon", "not asked for yet"],
};
const shown = new Map(); // what each part of the page was drawn from
const opened = new Map(); // what somebody opened or closed

/** An element with a class, and what is in it: elements, or anything else as text. */
function make(tag, kind, ...content) {
  const element = document.createElement(tag);
  if (kind) element.className = kind;
  element.append(...content.filter((part) => part !== null && part !== undefined).map((part) => (part instanceof Node ? part : String(part))));
  return element;
}

/** Something that can be opened, and stays as somebody left it. */
function foldable(kind, key, isOpen, summary, ...content) {
  const element = make("details", kind, make("summary", "", ...summary), ...content);
  element.open = opened.get(key) ?? isOpen;
  element.addEventListener("toggle", () => opened.set(key, element.open));
  return element;
}

function draw(id, from, parts) {
  const text = JSON.stringify(from);
  if (shown.get(id) === text) return;
  shown.set(id, text);
  document.getElementById(id).replaceChildren(...parts(from));
}

const counted = (count, what) => `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
const percent = (part) => `${(100 * part).toFixed(2)}%`;
const time = (text) => new Date(text).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
const clock = (text) => new Date(text).toLocaleTimeString("en-GB", { timeZone: "UTC" });
/** A text of which only the first lines are shown, until somebody wants all of it. */
function long(key, text) {
  const paragraph = make("p", "text", text);
  if (text.length < LONG) return [paragraph];
  const button = make("button", "");
  const fold = () => {
    const isOpen = opened.get(key) ?? false;
    paragraph.classList.toggle("folded", !isOpen);
    button.textContent = isOpen ? "less" : "all of it";
    button.setAttribute("aria-expanded", isOpen);
  };
  button.type = "button";
  button.addEventListener("click", () => {
    opened.set(key, !(opened.get(key) ?? false));
    fold();
  });
  fold();
  return [paragraph, button];
}

const empty = (...content) => make("p", "card empty", ...content);
const code = (text) => make("code", "", text);

function counts(data) {
  const invocations = data.functions.reduce((sum, row) => sum + row.invocations, 0);
  const of = (count, what) => make("span", "", make("b", "", count.toLocaleString("en")), ` ${what}`);
  return [of(invocations, "invocations"), of(data.model_calls, "calls of the stand-in model"), of(data.store_requests, "store requests")];
}

function days(all) {
  if (all.length === 0) {
    const example = "cargo lambda invoke ingest_messages --invoke-address 127.0.0.1 --data-file events/ingest_messages.json";
    return [empty("Nothing is stored yet. In another terminal: ", code(example))];
  }
  return [make("div", "days", ...all.map((day) => {
    const [kind, state] = STATES[day.state] ?? ["", day.state];
    const [asked, answered] = day.tokens;
    const cost = asked + answered > 0 ? `${asked.toLocaleString("en")} tokens in, ${answered.toLocaleString("en")} out` : null;
    const tile = make("article", `day ${kind}`,
      make("h3", "", day.weekday, make("span", "", day.date)),
      make("p", "", make("span", `pill ${kind}`, state)),
      day.messages > 0 ? make("p", "quiet", counted(day.messages, "message"), day.people > 0 ? ` · ${counted(day.people, "person").replace("persons", "people")}` : "") : null);
    if (day.blocked > 0) tile.append(make("p", "quiet", `${day.blocked} refused by the model's filter`));
    if (day.failure) tile.append(make("p", "quiet", day.failure));
    if (cost) tile.append(make("p", "quiet", cost));
    if (day.built_at) tile.title = `made ${time(day.built_at)} UTC by ${day.model}`;
    return tile;
  }))];
}

function span(row) {
  const details = [row.detail, ...row.notes].filter((detail) => detail !== "").join(", ");
  const name = make("div", "name", row.name, make("span", "", ` ${details}`));
  name.style.paddingLeft = `${Math.min(row.depth, 12) * 0.8}rem`;
  name.title = `${row.name} ${details}`;
  const track = make("div", "track");
  const piece = (from, to, kind) => {
    const part = make("div", kind);
    part.style.left = percent(from);
    part.style.width = percent(Math.max(to - from, 0));
    track.append(part);
  };
  piece(row.from, row.to, row.is_model ? "model" : "");
  row.critical.filter(([from, to]) => to > from).forEach(([from, to]) => piece(from, to, "path"));
  return make("div", "span", name, track, make("div", "took", row.took));
}

function requests(all) {
  if (all.length === 0) {
    return [empty("No request for memories has told where its time went. In another terminal: ",
      code("cargo lambda invoke get_memories --invoke-address 127.0.0.1 --data-file events/get_memories.json"))];
  }
  return all.map((request, number) => {
    const summary = [make("b", "", request.took), request.name, make("span", "quiet", `${clock(request.began_at)} UTC`), make("span", "quiet", request.headline)];
    const link = make("a", "", "every span of it, as a page");
    link.href = `traces/${encodeURIComponent(request.id)}`;
    link.target = "_blank";
    link.rel = "noopener";
    const mark = (kind, what) => make("span", "", make("i", kind), what);
    const legend = make("p", "quiet legend", mark("model", "a model at work"), mark("", "other work"), mark("path", "what was waited for: the critical path"), link);
    const hidden = request.hidden > 0 ? make("p", "quiet", `${request.hidden} shorter ones are not drawn`) : null;
    const axis = make("div", "axis", make("span", "", "0"), make("span", "", request.extent));
    return foldable("card request", `request ${request.id}`, number === 0, summary,
      make("div", "waterfall", axis, ...request.rows.map(span), hidden, legend));
  });
}

function person(one) {
  const card = make("article", "card person", make("h3", "", one.name,
    one.is_merging ? make("span", "pill busy", "being merged") : null,
    one.left_out ? make("span", "pill", one.left_out) : null,
    one.memory && one.memory.is_expired ? make("span", "pill soon", "expired") : null));
  if (one.also_known_as.length > 0) card.append(make("p", "quiet", `also known as ${one.also_known_as.join(", ")}`));
  if (one.memory) {
    card.append(...long(`memory ${one.id}`, one.memory.text),
      make("p", "quiet", `merged ${time(one.memory.built_at)} UTC by ${one.memory.model}, from ${counted(one.facts.length, "fact")} and ${counted(one.memory.days.length, "day")}`));
  } else if (!one.left_out) {
    card.append(make("p", "empty", one.facts.length + one.days.length > 0 ? "Nothing is merged yet. Who asks is told the facts and days below." : "Nothing is known yet."));
  }
  if (one.failure) card.append(make("p", "problem", one.failure));
  const written = one.days.reduce((sum, day) => sum + day.messages.length + day.more_messages, 0);
  if (one.facts.length + one.days.length > 0) {
    const sources = [];
    if (one.facts.length > 0) {
      sources.push(make("h4", "", "Facts that somebody asked to be remembered"), make("ul", "", ...one.facts.map((fact) =>
        make("li", "fact", fact.text, " ", make("span", "quiet", `${fact.taught_by ? `by ${fact.taught_by}, ` : ""}${time(fact.taught_at)}`)))));
    }
    for (const day of one.days) {
      const used = one.memory && one.memory.days.includes(day.date) ? ", in the memory" : "";
      const rows = day.messages.map((message) => make("li", "message", make("span", "quiet", `${clock(message.written_at)} `), message.text));
      if (day.more_messages > 0) rows.push(make("li", "message quiet", `and ${counted(day.more_messages, "earlier message")}`));
      sources.push(make("h4", "", day.date, make("span", "quiet", used)),
        ...(day.text ? long(`day ${one.id} ${day.date}`, day.text) : [make("p", "quiet", "not summarized yet")]), make("ul", "", ...rows));
    }
    const what = `Sources: ${counted(one.facts.length, "fact")}, ${counted(one.days.length, "day")}, ${counted(written, "message")}`;
    card.append(foldable("source", `sources ${one.id}`, false, [what], ...sources));
  }
  return card;
}

function people({ people: all, more_people: more }) {
  if (all.length === 0) return [empty("Nobody is known yet.")];
  return [...all.map(person), ...(more > 0 ? [make("p", "quiet", `and ${more.toLocaleString("en")} more`)] : [])];
}

function budget(one) {
  const rows = [];
  for (const [what, numbers] of [["requests", one.requests], ["tokens", one.tokens]]) {
    if (!numbers) continue;
    const [spent, most] = numbers;
    const fill = make("div", spent >= most ? "full" : "");
    fill.style.width = percent(Math.min(spent / Math.max(most, 1), 1));
    rows.push(make("p", "quiet", `${spent.toLocaleString("en")} of ${most.toLocaleString("en")} ${what} this ${one.period}`), make("div", "meter", fill));
  }
  return rows;
}

function models(all) {
  if (all.length === 0) return [empty("No model is configured.")];
  return all.map((model) => {
    const card = make("article", "card model", make("h3", "", model.name), make("p", "quiet", `writes ${model.writes.join(" and ")}${model.is_stand_in ? "; a stand-in plays it" : ""}`));
    card.append(make("p", "", model.cooldown
      ? make("span", "pill bad", `left alone until ${clock(model.cooldown.until)} UTC${model.cooldown.why ? `: ${model.cooldown.why.replaceAll("_", " ")}` : ""}`)
      : make("span", "pill good", "may be asked")));
    if (model.parallel) card.append(make("p", "quiet", `answers ${model.in_line[0]} of ${model.parallel} at a time; ${model.in_line[1]} waiting`));
    card.append(...model.budgets.flatMap(budget));
    return card;
  });
}

function functions(all) {
  const head = make("tr", "", make("th", "", "function"), make("th", "", "calls"), make("th", "", "last took"));
  const rows = all.map((row) => {
    const name = make("td", "", row.name);
    if (row.under_way > 0) name.append(" ", make("span", "pill busy", `${row.under_way} under way`));
    if (row.failed > 0) name.append(" ", make("span", "pill bad", `${row.failed} failed${row.last_error ? `: ${row.last_error}` : ""}`));
    return make("tr", "", name, make("td", "", row.invocations.toLocaleString("en")), make("td", "", row.last_ms === null ? "–" : row.last_ms < 1000 ? `${row.last_ms} ms` : `${(row.last_ms / 1000).toFixed(1)} s`));
  });
  return [make("div", "card", make("table", "", make("thead", "", head), make("tbody", "", ...rows)))];
}

const picker = document.getElementById("guild");
let guild = new URLSearchParams(location.search).get("guild") ?? "";
picker.addEventListener("change", () => {
  guild = picker.value;
  history.replaceState(null, "", `?guild=${encodeURIComponent(guild)}`); // so that it is the same after a reload
  look();
});

function show(data) {
  document.getElementById("picker").hidden = data.guilds.length < 2;
  draw("guild", data.guilds, (all) => all.map((id) => new Option(id, id)));
  guild ||= data.guild ?? ""; // the first one stays, whoever comes before it later
  if (data.guild) picker.value = data.guild;
  draw("problems", data.problems, (all) => all.map((problem) => make("p", "problem", problem)));
  draw("counts", { functions: data.functions, model_calls: data.model_calls, store_requests: data.store_requests }, counts);
  draw("days", data.days, days);
  draw("requests", data.requests, requests);
  draw("people", { people: data.people, more_people: data.more_people }, people);
  draw("models", data.models, models);
  draw("functions", data.functions, functions);
}

function connection(kind, text) {
  const line = document.getElementById("connection");
  line.className = kind;
  if (line.lastElementChild.textContent !== text) line.lastElementChild.textContent = text;
}

let asked = 0;
let timer = null;
let lost = null;

async function look() {
  clearTimeout(timer);
  const number = ++asked;
  try {
    const answer = await fetch(`page.json?guild=${encodeURIComponent(guild)}`, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error(answer.status);
    const data = await answer.json();
    if (number !== asked) return; // somebody chose another guild meanwhile
    show(data);
    lost = null;
    connection("live", "live");
  } catch {
    if (number !== asked) return;
    lost ??= new Date();
    connection("lost", `The connection was lost at ${lost.toLocaleTimeString("en-GB")}. Trying again.`);
  }
  timer = setTimeout(look, EVERY);
}

look();
