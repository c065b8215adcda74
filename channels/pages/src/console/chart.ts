// Bars for the figures of a report. This file, and the library with it, is loaded by the report page alone; it draws on a
// canvas, so that nothing of it needs an inline style.
import { BarChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { type EChartsType, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([BarChart, GridComponent, CanvasRenderer]);

export interface Bar {
    title: string;
    value: number;
    words: string; // as it stands beside the bar
}

const row_px = 34;
const most_words = 12;

// Draws, and again whenever the place, the light or the width changes. Gives the way to stop.
export function draw(place: HTMLElement, bars: Bar[], share: boolean): () => void {
    place.style.height = `${bars.length * row_px + 12}px`;
    let chart: EChartsType | null = null;
    const colour = (name: string) => getComputedStyle(place).getPropertyValue(name).trim();
    const paint = () => {
        chart ??= init(place, null, { renderer: 'canvas' });
        const top_first = [...bars].reverse();
        chart.setOption({
            animation: false,
            textStyle: { fontFamily: getComputedStyle(place).fontFamily, fontSize: 14 },
            grid: { left: 4, right: 64, top: 4, bottom: 4, containLabel: true },
            xAxis: { type: 'value', show: false, min: 0, max: share ? 100 : undefined },
            yAxis: {
                type: 'category',
                data: top_first.map((bar) => (bar.title.length > most_words ? bar.title.slice(0, most_words - 1) + '…' : bar.title)),
                axisTick: { show: false },
                axisLine: { lineStyle: { color: colour('--line') } },
                axisLabel: { color: colour('--ink'), fontSize: 14 },
            },
            series: [
                {
                    type: 'bar',
                    barMaxWidth: 20,
                    itemStyle: { color: colour('--accent'), borderRadius: [0, 4, 4, 0] },
                    showBackground: share,
                    backgroundStyle: { color: colour('--skeleton') },
                    label: {
                        show: true,
                        position: 'right',
                        color: colour('--ink'),
                        formatter: (at: { dataIndex: number }) => top_first[at.dataIndex]?.words ?? '',
                    },
                    data: top_first.map((bar) => bar.value),
                },
            ],
        });
    };
    paint();
    const width = new ResizeObserver(() => chart?.resize());
    width.observe(place);
    const light = window.matchMedia('(prefers-color-scheme: dark)');
    light.addEventListener('change', paint);
    return () => {
        width.disconnect();
        light.removeEventListener('change', paint);
        chart?.dispose();
    };
}
