"""Everything that may import torch: loading and quantisation, training, decoding, the examiner, export."""
