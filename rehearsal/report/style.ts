/** The page's style. Text has a contrast of at least 7:1 on its ground; colour is never alone. */
export const STYLE = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: #1b2733; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 24px; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 16px; }
h2 { font-size: 1.3rem; margin: 32px 0 8px; }
h3 { font-size: 1.1rem; margin: 0 0 4px; }
section { border: 1px solid #ccd5df; border-radius: 8px; padding: 16px; margin: 0 0 16px; }
dl { display: flex; flex-wrap: wrap; gap: 8px 32px; margin: 8px 0 16px; }
dt { color: #435160; font-size: 0.85rem; }
dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.graph { margin: 0; overflow-x: auto; }
.graph svg { max-width: 100%; height: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: #435160; font-size: 0.85rem; padding-bottom: 4px; }
th, td { text-align: left; vertical-align: middle; padding: 4px 12px 4px 0; border-bottom: 1px solid #e3e9ef; }
tbody th { font-weight: 600; white-space: nowrap; }
.number { text-align: right; white-space: nowrap; }
.when { width: 55%; padding-right: 0; }
.when svg { display: block; }
.good, .succeeded { color: #14532d; }
.bad, .failed, .timed-out { color: #8a1212; font-weight: 600; }
.not-run { color: #435160; }
.bar.succeeded { fill: #2f6f4f; }
.bar.failed, .bar.timed-out { fill: #a11d1d; }
pre { background: #f4f6f9; padding: 12px; border-radius: 6px; overflow-x: auto; font-size: 0.85rem; white-space: pre-wrap; overflow-wrap: anywhere; }
summary { cursor: pointer; margin: 24px 0 8px; }
@media print { section { break-inside: avoid; } }
`;
