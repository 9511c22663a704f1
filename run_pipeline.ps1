<#
.SYNOPSIS
Run the pipeline; the first start makes venv\ and installs requirements.txt.
.EXAMPLE
.\run_pipeline.ps1 -Mode full
.EXAMPLE
.\run_pipeline.ps1 -Mode full -Force -Project D:\MyGame
.EXAMPLE
.\run_pipeline.ps1 -Mode test
.NOTES
All options of a run: python scripts\11_pipeline_orchestrator.py --help
#>
[CmdletBinding()]
param(
    [ValidateSet('full', 'data-only', 'train-only', 'eval-only', 'resume', 'recover', 'test', '--help')]
    [string]$Mode,
    [switch]$Force,
    [switch]$Resume,
    [switch]$NextCycle,
    [Alias('h')]
    [switch]$Help,
    [string]$Project,
    [Parameter(ValueFromRemainingArguments = $true)]
    [string[]]$Rest = @()
)
# Programs write progress to stderr: that alone must not count as an error.
$ErrorActionPreference = 'Continue'
[Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false
$root = $PSScriptRoot

function Show-Usage {
    'Run the pipeline; the first start makes venv\ and installs requirements.txt.'
    '  .\run_pipeline.ps1 -Mode full | data-only | train-only | eval-only | resume | recover  [-Force] [-NextCycle] [-Project DIR]'
    '  .\run_pipeline.ps1 -Mode test [arguments of pytest]'
    'All options of a run: python scripts\11_pipeline_orchestrator.py --help'
}

if ($Help -or $Mode -eq '--help') { Show-Usage; exit 0 }
if (-not $Mode) { Show-Usage; exit 64 }

function Test-Python([string[]]$Command) {
    if (-not (Get-Command $Command[0] -ErrorAction SilentlyContinue)) { return $false }
    $options = @($Command | Select-Object -Skip 1)
    & $Command[0] @options -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>&1 | Out-Null
    return $LASTEXITCODE -eq 0
}

# The unary comma keeps each command an array of its own.
$candidates = @(
    , @((Join-Path $root 'venv\Scripts\python.exe'))
    , @('py', '-3.13')
    , @('py', '-3.12')
    , @('py', '-3.11')
    , @('python')
    , @('python3')
)
$base = $null
foreach ($candidate in $candidates) {
    if (Test-Python $candidate) { $base = $candidate; break }
}
if ($null -eq $base) {
    Write-Host 'No Python 3.11 or newer was found.'
    Write-Host '  Fix: install Python 3.12 (64-bit) from python.org or the Microsoft Store, then run this again.'
    exit 1
}
$options = @($base | Select-Object -Skip 1)
$python = & $base[0] @options (Join-Path $root 'scripts\pipeline\environment.py')
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }

if ($Mode -eq 'test') {
    Push-Location $root
    try {
        # pytest itself, not "python -m pytest": that would put the folder datasets\ in front of the library of this name.
        if (-not $env:OMP_NUM_THREADS) { $env:OMP_NUM_THREADS = '1' }  # two workers share the cores
        & (Join-Path (Split-Path $python) 'pytest.exe') -n 2 --dist loadfile @Rest
        $code = $LASTEXITCODE
    }
    finally { Pop-Location }
    exit $code
}

$arguments = @("--$Mode")
if ($Force) { $arguments += '--force' }
if ($Resume) { $arguments += '--resume' }
if ($NextCycle) { $arguments += '--next-cycle' }
if ($Project) { $arguments += @('--project', $Project) }
& $python (Join-Path $root 'scripts\11_pipeline_orchestrator.py') @arguments @Rest
exit $LASTEXITCODE
