/**
 * The whole look of the page: nothing is loaded. Colours keep a contrast of 4.5 to 1 in both schemes,
 * and bars say with their place, not with their colour alone, which way they go.
 */
export const BRIEF_STYLE = `
:root{color-scheme:light dark;--page:#fff;--ink:#1b1f24;--soft:#50585f;--line:#c9ced4;--card:#f4f6f8;
--mark:#0b57b0;--up:#1a7f4b;--down:#b3261e;--sum:#3b4754;--warn:#7a3e00;--warnpage:#fff3e0}
@media (prefers-color-scheme:dark){:root{--page:#14181c;--ink:#e8eaed;--soft:#aab2ba;--line:#3f474f;
--card:#1e242a;--mark:#8ab8ff;--up:#5fcf95;--down:#ff8a80;--sum:#b5c0cb;--warn:#ffcf99;--warnpage:#3a2a14}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
main,header{max-width:70rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
h1{font-size:1.8rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.25rem;line-height:1.3;margin:0 0 .75rem;padding-top:1.25rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:0 0 .5rem}
p{margin:0 0 .75rem}
.about{color:var(--soft)}
.labels{list-style:none;margin:1rem 0;padding:0}
.labels li{background:var(--warnpage);color:var(--warn);border-left:.3rem solid currentColor;
padding:.5rem .75rem;margin:0 0 .5rem;font-weight:600}
section{margin:1.75rem 0}
ul{margin:0 0 .75rem;padding-left:1.25rem}
li{margin:.25rem 0}
li ul{color:var(--soft);margin-bottom:.25rem}
.pair{display:grid;gap:1.25rem}
.pair>*{min-width:0}
figure.quote{margin:0 0 1rem;padding:.75rem 1rem;background:var(--card);border-left:.3rem solid var(--mark)}
figure.quote.against{border-left-color:var(--down)}
blockquote{margin:0;font-style:italic}
figcaption{color:var(--soft);font-size:.9rem;margin-top:.35rem}
aside h3{color:var(--soft)}
.charts{display:grid;gap:1.5rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));margin:0 0 1rem}
.charts figure{margin:0;max-width:26rem}
.charts figcaption{margin:0 0 .5rem;color:var(--ink);font-weight:600;font-size:1rem}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font-size:13px;fill:var(--ink)}
svg line{stroke:var(--line);stroke-width:1}
.up{fill:var(--up)}.down{fill:var(--down)}.sum{fill:var(--sum)}
.scroll{overflow-x:auto;margin:0 0 1rem}
table{border-collapse:collapse;min-width:100%}
caption{text-align:left;font-weight:600;padding:.25rem 0 .5rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line);
overflow-wrap:normal}
thead th{color:var(--soft)}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
footer{max-width:70rem;margin:2rem auto;padding:0 1rem;color:var(--soft);font-size:.9rem}
@media (min-width:56rem){.pair{grid-template-columns:minmax(0,2fr) minmax(16rem,1fr)}}
@media print{:root{--page:#fff;--ink:#000;--soft:#333;--line:#999;--card:#fff;--mark:#333;--warn:#000;--warnpage:#fff;
--up:#1a7f4b;--down:#b3261e;--sum:#3b4754}
body{font-size:11pt}section{break-inside:auto}figure,tr,li{break-inside:avoid}h2{break-after:avoid}
.scroll{overflow:visible}.up,.down,.sum{print-color-adjust:exact}}
`;
