@echo off
rem Take the stop signal back and take up the last run where it ended.
setlocal
set "PYTHON=%~dp0venv\Scripts\python.exe"
if not exist "%PYTHON%" (
    echo There is no environment yet, so there is nothing to take up.
    echo   Fix: run run_pipeline.ps1 -Mode full first.
    pause
    exit /b 1
)
"%PYTHON%" "%~dp0scripts\15_stop_signal.py" resume
set "CODE=%ERRORLEVEL%"
pause
exit /b %CODE%
