import * as echarts from 'echarts/core';
import {LineChart,BarChart,PieChart,ScatterChart,HeatmapChart,MapChart,GaugeChart,FunnelChart,GraphChart,SankeyChart,TreeChart,TreemapChart,RadarChart,CustomChart} from 'echarts/charts';
import {GridComponent,PolarComponent,GeoComponent,TooltipComponent,LegendComponent,LegendScrollComponent,TitleComponent,AriaComponent,DatasetComponent,DataZoomComponent,VisualMapComponent,MarkLineComponent,MarkAreaComponent,MarkPointComponent,CalendarComponent,GraphicComponent,TransformComponent} from 'echarts/components';
import {LabelLayout,UniversalTransition} from 'echarts/features';
import {SVGRenderer,CanvasRenderer} from 'echarts/renderers';
echarts.use([LineChart,BarChart,PieChart,ScatterChart,HeatmapChart,MapChart,GaugeChart,FunnelChart,GraphChart,SankeyChart,TreeChart,TreemapChart,RadarChart,CustomChart,GridComponent,PolarComponent,GeoComponent,TooltipComponent,LegendComponent,LegendScrollComponent,TitleComponent,AriaComponent,DatasetComponent,DataZoomComponent,VisualMapComponent,MarkLineComponent,MarkAreaComponent,MarkPointComponent,CalendarComponent,GraphicComponent,TransformComponent,LabelLayout,UniversalTransition,SVGRenderer,CanvasRenderer]);
export {init,registerMap,getInstanceByDom,use,version,graphic,format,dispose} from 'echarts/core';
