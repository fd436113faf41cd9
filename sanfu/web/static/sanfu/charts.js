// Charts: reads the JSON beside each [data-chart], adds the colours of the page's theme, draws as SVG (canvas on a wall).
import { init, registerMap, getInstanceByDom } from "./vendor/echarts-6.1.0.custom.min.js";

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const COLOURS = ["#155bd4", "#e08a00", "#2a9d6f", "#8e5bd0", "#d1495b", "#3aa6c9", "#7a8699", "#b7791f"];
const WALL = ["#4d9bff", "#ffc56b", "#5fd6a2", "#b995ff", "#ff8f9b", "#63d3f0", "#9db3d6", "#e8c07a"];

const dressed = (option, kind) => {
  const wall = document.documentElement.dataset.theme === "wall";
  const size = Number.parseFloat(token("--size-s")) || 12.5;
  const ink = token("--ink-2");
  const line = token("--line");
  const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
  const axis = (a) => ({
    ...a,
    nameTextStyle: { color: ink, fontSize: size },
    axisLabel: { color: ink, fontSize: size, hideOverlap: true, ...a.axisLabel },
    axisLine: { lineStyle: { color: line }, ...a.axisLine },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: line }, ...(a.type === "value" ? {} : { show: false }), ...a.splitLine },
  });
  const series = list(option.series).map((s) => ({
    ...s,
    ...(s.type === "bar" ? { barMaxWidth: 26, itemStyle: { borderRadius: kind === "stack" ? 0 : kind === "rank" ? [0, 3, 3, 0] : [3, 3, 0, 0], ...s.itemStyle } } : {}),
    ...(s.type === "line" ? { symbolSize: 6, lineStyle: { width: 2.5 }, ...s } : {}),
    ...(s.type === "pie" ? { percentPrecision: 1, radius: ["40%", "62%"], center: ["50%", "56%"], label: { color: ink, fontSize: size, formatter: "{b} {d}%", overflow: "none" }, ...s } : {}),
  }));
  const grid = option.xAxis || option.yAxis;
  const many = series.length > 1 || kind === "pie";
  return {
    color: wall ? WALL : COLOURS,
    animationDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 400,
    aria: { enabled: true, decal: { show: false } },
    textStyle: { fontFamily: token("--font"), fontSize: size, color: ink },
    ...(grid ? { grid: { left: 6, right: 14, top: Math.round(size * (many ? 4 : 2.2)), bottom: 4, containLabel: true } } : {}),
    ...(many ? { legend: { type: "scroll", top: 0, right: 0, itemWidth: 14, itemHeight: 9, textStyle: { color: ink, fontSize: size } } } : {}),
    tooltip: { trigger: grid ? "axis" : "item", renderMode: "richText", axisPointer: { type: kind === "line" ? "line" : "shadow" }, confine: true },
    ...option,
    ...(option.xAxis ? { xAxis: list(option.xAxis).map(axis) } : {}),
    ...(option.yAxis ? { yAxis: list(option.yAxis).map(axis) } : {}),
    series,
  };
};

const drawOne = (box) => {
  if (getInstanceByDom(box)) return;
  const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  if (data.map) registerMap(data.map.name, data.map.geojson);
  const wall = document.documentElement.dataset.theme === "wall";
  const chart = init(box, null, { renderer: wall ? "canvas" : "svg" });
  chart.setOption(dressed(data.option, data.kind));
  chart.on("click", (event) => {
    const link = data.links[event.dataIndex];
    if (link) window.location.assign(link);
  });
  new ResizeObserver(() => chart.resize()).observe(box);
};

export const draw = (root) => root.querySelectorAll("[data-chart]").forEach(drawOne);
