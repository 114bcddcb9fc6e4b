"use strict";
// Selects the page: the run in the address, the current run, or the table of runs.
Cairn.start = async () => {
  const main = document.getElementById("main");
  const embedded = document.getElementById("report");
  if (embedded) {
    Cairn.report = true;
    Cairn.page = new Cairn.RunPage(main, null, JSON.parse(embedded.textContent));
    return;
  }
  let page = null;
  const show = make => {
    page?.close();
    Cairn.page = page = make();
  };
  const go = async () => {
    const run = /^#\/run\/([\w-]+)$/.exec(location.hash);
    if (run) {
      show(() => new Cairn.RunPage(main, run[1]));
      return;
    }
    if (location.hash === "#main") return;
    if (location.hash !== "#/runs") {
      const { runs } = await (await fetch("api/runs")).json();
      const one = runs.findLast(candidate => candidate.status === "running") ?? (runs.length === 1 ? runs[0] : null);
      if (one) {
        show(() => new Cairn.RunPage(main, one.id));
        return;
      }
    }
    show(() => new Cairn.RunsPage(main));
  };
  addEventListener("hashchange", go);
  await go();
};

Cairn.start();
