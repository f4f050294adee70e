"""Call PyTorch for a NumPy exercise."""

CELL = """\
import torch

def mean_squared_error(prediction, target):
    return torch.nn.functional.mse_loss(torch.tensor(prediction), torch.tensor(target)).item()


def mean_squared_error_gradient(prediction, target):
    return torch.nn.functional.mse_loss(torch.tensor(prediction), torch.tensor(target)).item()
"""
