import { request as httpsRequest } from 'node:https';
import { openPrometheus, type PrometheusAccess } from '../../cluster-broker/http-upstream.ts';
import type { BrokerAccess } from '../../cluster-broker/start-cluster-broker.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Metrics, Target } from '../port.ts';
import { createHttpMetrics, type MetricsWay } from './http-metrics.ts';

/** Longest time that the server may compute; the question ends earlier when its step has less. */
const SERVER_TIMEOUT = '20s';

/** A target with metrics that are asked directly. Token and certificate authority are read again for every question. */
export function withMetrics(target: Target, access: PrometheusAccess, clock: Clock): Target {
  return { ...target, metrics: createHttpMetrics({ clock, openWay: () => Promise.resolve(directWay(access)) }) };
}

/** Metrics by the cluster broker, which alone knows the token. */
export function createBrokeredMetrics(clock: Clock, openRun: (signal: AbortSignal) => Promise<BrokerAccess>): Metrics {
  return createHttpMetrics({ clock, openWay: async (signal) => brokerWay(await openRun(signal)) });
}

function directWay(access: PrometheusAccess): MetricsWay {
  const upstream = openPrometheus(access);
  return {
    open: async (target, signal) => {
      const call = { target: `${target}&timeout=${SERVER_TIMEOUT}`, accept: 'application/json', signal };
      return await upstream.open({ method: 'GET', ...call });
    },
    close: () => {
      upstream.close();
    },
  };
}

/** The run stays open for the next question. */
function brokerWay({ url, certificate, token }: BrokerAccess): MetricsWay {
  return {
    open: (target, signal) => {
      const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
      return Promise.resolve(
        httpsRequest(`${url}/prometheus${target}`, { ca: certificate, agent: false, headers, signal }),
      );
    },
    close: () => undefined,
  };
}
