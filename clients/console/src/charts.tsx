import { Bar, BarChart, CartesianGrid, Cell, ResponsiveContainer, XAxis, YAxis } from "recharts";

export interface Series {
  key: string;
  name: string;
  color: string;
}

const TICK = { fill: "var(--ink)", fontSize: 12 };
const ROW = 34;

/** One bar for each row, for a share from 0 to 100. `label` describes the chart; the page shows the numbers as text beside it. */
export function ShareBars({ rows, label, colorOf }: { rows: { name: string; share: number }[]; label: string; colorOf: (share: number) => string }) {
  return (
    <div role="img" aria-label={label} className="chart">
      <ResponsiveContainer width="100%" height={rows.length * ROW + 36} initialDimension={{ width: 600, height: rows.length * ROW + 36 }}>
        <BarChart data={rows} layout="vertical" margin={{ top: 4, right: 12, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid horizontal={false} stroke="var(--line)" />
          <XAxis type="number" domain={[0, 100]} unit=" %" tick={TICK} stroke="var(--control)" />
          <YAxis type="category" dataKey="name" width={130} tick={TICK} stroke="var(--control)" tickFormatter={short} interval={0} />
          <Bar dataKey="share" isAnimationActive={false} radius={[0, 4, 4, 0]} barSize={16}>
            {rows.map((row) => (
              <Cell key={row.name} fill={colorOf(row.share)} />
            ))}
          </Bar>
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

/** A stacked bar for each row. `flat` bars are horizontal, others vertical. */
export function StackedBars<R extends { name: string }>({ rows, series, label, flat }: { rows: R[]; series: Series[]; label: string; flat: boolean }) {
  const height = flat ? rows.length * ROW + 36 : 220;
  return (
    <div className="stack tight">
      <div role="img" aria-label={label} className="chart">
        <ResponsiveContainer width="100%" height={height} initialDimension={{ width: 600, height }}>
          <BarChart data={rows} layout={flat ? "vertical" : "horizontal"} margin={{ top: 4, right: 12, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid horizontal={!flat} vertical={flat} stroke="var(--line)" />
            {flat ? (
              <XAxis type="number" domain={[0, 100]} unit=" %" tick={TICK} stroke="var(--control)" />
            ) : (
              <XAxis type="category" dataKey="name" tick={TICK} stroke="var(--control)" />
            )}
            {flat ? (
              <YAxis type="category" dataKey="name" width={130} tick={TICK} stroke="var(--control)" tickFormatter={short} interval={0} />
            ) : (
              <YAxis type="number" allowDecimals={false} width={36} tick={TICK} stroke="var(--control)" />
            )}
            {series.map((one) => (
              <Bar key={one.key} dataKey={one.key} name={one.name} stackId="all" fill={one.color} stroke="var(--surface)" isAnimationActive={false} barSize={flat ? 18 : undefined} maxBarSize={36} />
            ))}
          </BarChart>
        </ResponsiveContainer>
      </div>
      <ul className="legend">
        {series.map((one) => (
          <li key={one.key}>
            <span style={{ background: one.color }} />
            {one.name}
          </li>
        ))}
      </ul>
    </div>
  );
}

const short = (name: string): string => (name.length > 20 ? `${name.slice(0, 19)}…` : name);
