"""Everything that may import torch: loading and quantisation, training, decoding, the examiner, export."""

import logging

# bitsandbytes warns at every import on a CPU that an optional kernel from the hub is not there.
logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
