import type { TokenIssuer } from './token-format.ts';

/** Models and what is built around them. */
export const MODELS: readonly TokenIssuer[] = [
  {
    source: 'https://docs.claude.com/en/api/overview',
    prefixed: [['anthropic-key', 'sk-ant-', 'sk-ant-[A-Za-z0-9_-]{16}', 'sk-ant-api03-<an:93>AA', 'sk-ant-<an:4>']],
  },
  {
    source: 'https://platform.openai.com/docs/api-reference/authentication',
    prefixed: [
      [
        'openai-key',
        'sk-proj- sk-svcacct- sk-admin- sk-service-',
        'sk-(?:proj|svcacct|admin|service)-[A-Za-z0-9_-]{40}',
        'sk-proj-<an:74>T3BlbkFJ<an:74>',
        'sk-proj-<an:4>',
      ],
      ['openai-session', 'sess-', 'sess-[A-Za-z0-9]{40}', 'sess-<an:40>', 'sess-<an:4>'],
      ['secret-key', 'sk-', 'sk-[A-Za-z0-9]{32}', 'sk-<an:48>', 'sk-learn'],
    ],
    inside: [
      [
        'openai-key',
        'T3BlbkFJ',
        '[A-Za-z0-9_-]{16,100}T3BlbkFJ[A-Za-z0-9_-]{16,100}',
        'sk-<an:20>T3BlbkFJ<an:20>',
        '<an:4>T3BlbkFJ<an:4>',
      ],
    ],
  },
  {
    source: 'https://huggingface.co/docs/hub/security-tokens',
    prefixed: [
      ['huggingface-token', 'hf_ api_org_', '(?:hf_[A-Za-z]{34}|api_org_[A-Za-z]{34})', 'hf_<al:34>', 'hf_hub'],
    ],
  },
  {
    source: 'https://replicate.com/docs/topics/security/api-tokens',
    prefixed: [['replicate-token', 'r8_', 'r8_[A-Za-z0-9]{37}', 'r8_<an:37>', 'r8_<an:4>']],
  },
  {
    source: 'https://console.groq.com/docs/quickstart',
    prefixed: [['groq-key', 'gsk_', 'gsk_[A-Za-z0-9]{40}', 'gsk_<an:52>', 'gsk_<an:4>']],
  },
  {
    source: 'https://docs.perplexity.ai/getting-started/quickstart',
    prefixed: [['perplexity-key', 'pplx-', 'pplx-[A-Za-z0-9]{40}', 'pplx-<an:48>', 'pplx-<an:4>']],
  },
  {
    source: 'https://docs.x.ai/docs/overview',
    prefixed: [['xai-key', 'xai-', 'xai-[A-Za-z0-9]{70}', 'xai-<an:80>', 'xai-<an:4>']],
  },
  {
    source: 'https://docs.together.ai/docs/quickstart',
    prefixed: [['together-key', 'tgp_v1_', 'tgp_v1_[A-Za-z0-9_-]{40}', 'tgp_v1_<an:43>', 'tgp_v1_<an:4>']],
  },
  {
    source: 'https://docs.fireworks.ai/getting-started/quickstart',
    prefixed: [['fireworks-key', 'fw_', 'fw_[A-Za-z0-9]{20,24}\\b', 'fw_<an:22>', 'fw_update']],
  },
  {
    source: 'https://openrouter.ai/docs/api-reference/authentication',
    prefixed: [['openrouter-key', 'sk-or-v1-', 'sk-or-v1-[a-f0-9]{64}', 'sk-or-v1-<hex:64>', 'sk-or-v1-<hex:4>']],
  },
  {
    source: 'https://elevenlabs.io/docs/api-reference/authentication',
    prefixed: [['elevenlabs-key', 'sk_', 'sk_[a-f0-9]{48}\\b', 'sk_<hex:48>', 'sk_buff']],
  },
  {
    source: 'https://docs.langchain.com/langsmith/create-account-api-key',
    prefixed: [
      [
        'langsmith-key',
        'lsv2_pt_ lsv2_sk_ ls__',
        '(?:lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}|ls__[a-f0-9]{32})',
        'lsv2_pt_<hex:32>_<hex:10>',
        'lsv2_pt_<hex:4>',
      ],
    ],
  },
  {
    source: 'https://langfuse.com/docs/api',
    prefixed: [
      [
        'langfuse-key',
        'sk-lf- pk-lf-',
        '[sp]k-lf-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
        'sk-lf-<uuid>',
        'sk-lf-<hex:4>',
      ],
    ],
  },
  {
    source: 'https://docs.nvidia.com/ngc/latest/ngc-user-guide.html',
    prefixed: [['nvidia-key', 'nvapi-', 'nvapi-[A-Za-z0-9_-]{60}', 'nvapi-<an:64>', 'nvapi-<an:4>']],
  },
  {
    source: 'https://docs.voyageai.com/docs/api-key-and-installation',
    prefixed: [['voyage-key', 'pa-', 'pa-[A-Za-z0-9_-]{43}\\b', 'pa-<an:43>', 'pa-ram']],
  },
  {
    source: 'https://inference-docs.cerebras.ai/quickstart',
    prefixed: [['cerebras-key', 'csk-', 'csk-[a-z0-9]{48}', 'csk-<low:48>', 'csk-<low:4>']],
  },
  {
    source: 'https://jina.ai/embeddings/',
    prefixed: [['jina-key', 'jina_', 'jina_[A-Za-z0-9_-]{50}', 'jina_<an:60>', 'jina_<an:4>']],
  },
  {
    source: 'https://docs.tavily.com/documentation/quickstart',
    prefixed: [['tavily-key', 'tvly-', 'tvly-(?:dev-|prod-)?[A-Za-z0-9]{28}', 'tvly-<an:32>', 'tvly-<an:4>']],
  },
  {
    source: 'https://docs.firecrawl.dev/introduction',
    prefixed: [['firecrawl-key', 'fc-', 'fc-[a-f0-9]{32}\\b', 'fc-<hex:32>', 'fc-match']],
  },
  {
    source: 'https://e2b.dev/docs/api-key',
    prefixed: [['e2b-key', 'e2b_', 'e2b_[a-f0-9]{40}', 'e2b_<hex:40>', 'e2b_<hex:4>']],
  },
  {
    source: 'https://docs.runpod.io/get-started/api-keys',
    prefixed: [['runpod-key', 'rpa_', 'rpa_[A-Z0-9]{40}', 'rpa_<up:46>', 'rpa_<up:4>']],
  },
  {
    source: 'https://docs.cloud.llamaindex.ai/api_key',
    prefixed: [['llamacloud-key', 'llx-', 'llx-[A-Za-z0-9]{48}', 'llx-<an:48>', 'llx-<an:4>']],
  },
  {
    source: 'https://docs.apify.com/platform/integrations/api',
    prefixed: [['apify-token', 'apify_api_', 'apify_api_[A-Za-z0-9]{34}', 'apify_api_<an:36>', 'apify_api_<an:4>']],
  },
  {
    source: 'https://docs.browserbase.com/reference/introduction',
    prefixed: [['browserbase-key', 'bb_live_', 'bb_live_[A-Za-z0-9_-]{24}', 'bb_live_<an:27>', 'bb_live_<an:4>']],
  },
  {
    source: 'https://docs.wandb.ai/support/find_api_key/',
    prefixed: [['wandb-key', 'wandb_v1_', 'wandb_v1_[A-Za-z0-9_]{60}', 'wandb_v1_<an:77>', 'wandb_v1_<an:4>']],
    named: [['wandb-key', 'wandb', '[a-f0-9]{40}', 'WANDB_API_KEY=<hex:40>', 'wandb run 12']],
  },
  {
    source: 'https://docs.mistral.ai/getting-started/quickstart/',
    named: [
      [
        'model-key',
        'mistral cohere deepgram assemblyai clarifai stability deepai',
        '(?:[A-Za-z0-9]{32}|[A-Za-z0-9]{40})',
        'COHERE_API_KEY=<an:40>',
        'mistral model large',
      ],
    ],
  },
];
